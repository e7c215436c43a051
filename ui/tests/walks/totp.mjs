// The second factor of the demo's staff: one-time codes by RFC 6238, as an authenticator app makes them.
import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PERIOD_SECONDS = 30;

/** The code of a base32 secret at a moment (milliseconds since 1970). */
export function totp(secret, at = Date.now(), { digits = 6, algorithm = "sha1" } = {}) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 1000 / PERIOD_SECONDS)));
  const mac = createHmac(algorithm, fromBase32(secret)).update(counter).digest();
  // RFC 4226, section 5.3: the last four bits say where the number stands.
  const place = mac[mac.length - 1] & 0x0f;
  const number = mac.readUInt32BE(place) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** Bytes of RFC 4648 base32; blanks and padding don't matter. */
export function fromBase32(text) {
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase().replace(/[\s=]/g, "")) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new Error(`${letter} is not a letter of base32`);
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
