// The reader for browsers without BarcodeDetector; fetched only when such a browser opens the camera.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

export interface Seen {
  text: string;
  read: boolean;
}

export function prepare(wasm: string): void {
  prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasm : prefix + path) } });
}

export async function detect(image: ImageData): Promise<Seen[]> {
  const results = await readBarcodes(image, { formats: ["QRCode"], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 1, returnErrors: true });
  return results.map((result) => ({ text: result.text, read: result.isValid }));
}
