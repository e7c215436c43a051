// A camera's view of a QR code: a white card on grey, unevenly lit, as raw video that Chromium plays in the place of
// a camera. The film is one frame long; Chromium plays it again and again and reads it anew each time, so that a file
// that is overwritten in place changes what a running camera sees.
import { openSync, closeSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

export const WIDTH = 640;
export const HEIGHT = 480;

const HEADER = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`;
const FRAME = "FRAME\n";
const QUIET_ZONE_MODULES = 4;
const CARD_SIDE_MAX = 400;
const MODULE_PIXELS_MIN = 3;
// Video levels: 16 is black, 235 is white, 128 in both colour planes is no colour.
const BLACK = 30;
const WHITE = 225;
const GREY = 140;
const NO_COLOUR = 128;

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

/** The modules of the QR code of a text: its side, and for each place whether it is dark. */
export async function qrModules(text, level = "M") {
  const { error, symbol } = await writeBarcode(text, {
    format: "QRCode",
    options: `ecLevel=${level}`,
    scale: 1,
    addQuietZones: false,
  });
  if (error) throw new Error(`no QR code for ${text.length} characters: ${error}`);
  const side = symbol.width;
  return { side, dark: (x, y) => symbol.data[y * side + x] === 0 };
}

/** One frame's brightness: the code of `text` on its card, or nothing but the grey wall. */
export async function frame(text) {
  const luma = new Uint8Array(WIDTH * HEIGHT);
  const code = text === undefined ? undefined : await qrModules(text);
  const modules = code ? code.side + 2 * QUIET_ZONE_MODULES : 0;
  const pixels = Math.floor(CARD_SIDE_MAX / modules);
  if (pixels < MODULE_PIXELS_MIN) throw new Error("this code is too dense for the camera");
  const left = Math.floor((WIDTH - modules * pixels) / 2);
  const top = Math.floor((HEIGHT - modules * pixels) / 2);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const column = Math.floor((x - left) / pixels);
      const row = Math.floor((y - top) / pixels);
      const onCard = column >= 0 && row >= 0 && column < modules && row < modules;
      const paint = onCard ? shade(code, column - QUIET_ZONE_MODULES, row - QUIET_ZONE_MODULES) : GREY;
      // The lamp hangs on the left.
      luma[y * WIDTH + x] = Math.round(paint * (1 - (0.25 * x) / WIDTH));
    }
  }
  return luma;
}

function shade({ side, dark }, x, y) {
  const inside = x >= 0 && y >= 0 && x < side && y < side;
  return inside && dark(x, y) ? BLACK : WHITE;
}

/** A film of one frame, as bytes of a .y4m file. */
export function film(luma) {
  const colour = new Uint8Array((WIDTH * HEIGHT) / 2).fill(NO_COLOUR);
  return Buffer.concat([Buffer.from(HEADER + FRAME), luma, colour]);
}

/** Puts the code of `text` before the camera whose film is `file`; without a text, takes it away. */
export async function shoot(file, text, flags = "r+") {
  const bytes = film(await frame(text));
  const handle = openSync(file, flags);
  try {
    writeSync(handle, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(handle);
  }
}
