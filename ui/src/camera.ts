// Films a code and reads it, about ten times a second. What to say comes from the page, in the reader's language.
import { keep, kept } from "./keep.ts";
import type { Seen } from "./zxing.ts";

type Detect = (video: HTMLVideoElement) => Promise<Seen[]>;

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: DetectorClass;
  }
  interface HTMLElementEventMap {
    scan: CustomEvent<{ text: string }>;
    glimpse: CustomEvent<null>;
  }
}

const INTERVAL = 100;
/** The same code held before the camera is one scan. */
const SAME_CODE_PAUSE = 3000;
/** Milliseconds until a camera that was cut off is tried again. */
const RETURN_PAUSE = 3000;
/** Longest side of the picture that is searched, in pixels: enough for a poster at arm's length, quick on old phones. */
const SIDE = 960;

async function native(): Promise<Detect | undefined> {
  const Class = window.BarcodeDetector;
  if (!Class) return undefined;
  const formats = await Class.getSupportedFormats().catch((): string[] => []);
  if (!formats.includes("qr_code")) return undefined;
  const detector = new Class({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video)).map(({ rawValue }) => ({ text: rawValue, read: rawValue !== "" }));
}

async function bundled(decoder: string, wasm: string): Promise<Detect> {
  const reader = (await import(decoder)) as typeof import("./zxing.ts");
  reader.prepare(wasm);
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!brush || canvas.width === 0) return [];
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    return reader.detect(brush.getImageData(0, 0, canvas.width, canvas.height));
  };
}

/** Which of the page's sentences explains why there is no picture. */
function complaint(error: unknown): "insecure" | "refused" | "missing" | "failed" {
  if (!window.isSecureContext) return "insecure";
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "failed";
}

async function cameras(): Promise<number> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch((): MediaDeviceInfo[] => []);
  return devices.filter(({ kind }) => kind === "videoinput").length;
}

/** Makes a `[data-scanner]` work: `scan` when a code was read, `glimpse` when one was only seen. */
export function enhance(root: HTMLElement): void {
  const find = <T extends HTMLElement>(name: string) => root.querySelector<T>(`[data-${name}]`);
  const start = find<HTMLButtonElement>("start");
  const stop = find<HTMLButtonElement>("stop");
  const torch = find<HTMLButtonElement>("torch");
  const turn = find<HTMLButtonElement>("turn");
  const says = find("say");
  const video = root.querySelector("video");
  if (!start || !video) return;
  const say = (text: string) => {
    if (says) says.textContent = text;
  };
  let stream: MediaStream | undefined;
  let timer = 0;
  let last = { text: "", at: 0 };
  // A gate's device films for as long as it is at its gate, through reloads and unplugged cameras.
  const habit = root.dataset["keep"];
  const facing = habit === undefined ? undefined : kept(`${habit}-facing`);
  let faces = facing ?? root.dataset["facing"] ?? "environment";

  const seen = ({ text, read }: Seen) => {
    if (!read) {
      root.dispatchEvent(new CustomEvent("glimpse", { bubbles: true, detail: null }));
      return;
    }
    const now = performance.now();
    const repeated = text === last.text && now - last.at < SAME_CODE_PAUSE;
    last = { text, at: now };
    if (!repeated) root.dispatchEvent(new CustomEvent("scan", { bubbles: true, detail: { text } }));
  };

  const end = () => {
    window.clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.srcObject = null;
    video.hidden = true;
    start.hidden = false;
    if (stop) stop.hidden = true;
    if (torch) torch.hidden = true;
    if (turn) turn.hidden = true;
  };

  const watch = (detect: Detect) => {
    const look = async () => {
      if (!stream) return;
      const began = performance.now();
      // A picture that can't be searched just now is no reason to stop looking.
      const found = document.hidden || video.readyState < 2 ? [] : await detect(video).catch(() => []);
      for (const code of found) seen(code);
      timer = window.setTimeout(() => void look(), Math.max(20, INTERVAL - (performance.now() - began)));
    };
    void look();
  };

  const offerTorch = (track: MediaStreamTrack | undefined) => {
    const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
    if (!torch || !track || !able?.torch) return;
    let on = false;
    torch.hidden = false;
    torch.onclick = () => {
      on = !on;
      torch.setAttribute("aria-pressed", String(on));
      void track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => undefined);
    };
  };

  const begin = async () => {
    start.disabled = true;
    say(root.dataset["opening"] ?? "");
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: faces, width: { ideal: 1280 } } });
      const detect = (await native()) ?? (await bundled(root.dataset["decoder"] ?? "", root.dataset["wasm"] ?? ""));
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      start.hidden = true;
      if (stop) stop.hidden = false;
      if (habit !== undefined) keep(habit, "on");
      root.toggleAttribute("data-mirror", faces === "user");
      offerTorch(stream.getVideoTracks()[0]);
      stream.getVideoTracks()[0]?.addEventListener("ended", cut);
      if (turn) turn.hidden = (await cameras()) < 2;
      say(root.dataset["looking"] ?? "");
      watch(detect);
    } catch (error) {
      end();
      say(root.dataset[complaint(error)] ?? "");
    } finally {
      start.disabled = false;
    }
  };

  /** Somebody pulled the plug, or another program took the camera. */
  const cut = () => {
    end();
    say(root.dataset["failed"] ?? "");
    if (habit !== undefined) timer = window.setTimeout(() => void begin(), RETURN_PAUSE);
  };

  start.hidden = false;
  start.addEventListener("click", () => void begin());
  stop?.addEventListener("click", () => {
    end();
    say("");
    if (habit !== undefined) keep(habit, undefined);
  });
  turn?.addEventListener("click", () => {
    faces = faces === "user" ? "environment" : "user";
    if (habit !== undefined) keep(`${habit}-facing`, faces);
    end();
    void begin();
  });
  window.addEventListener("pagehide", end);
  if (root.dataset["auto"] !== undefined || (habit !== undefined && kept(habit) === "on")) void begin();
}
