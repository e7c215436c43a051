// What each outcome sounds and feels like. Which notes are played when is a pure function; playing them is not.

export type Outcome = "admit" | "refuse" | "check" | "left" | "tick";

export interface Note {
  /** Seconds after the outcome is known. */
  at: number;
  /** Seconds the note sounds. */
  length: number;
  /** Hertz. */
  pitch: number;
}

const PAUSE = 0.04;

/** Two rising notes, two low pulses, one long middle tone, one short note for goodbye, or the tick of a code that was seen and not read. */
export function notes(outcome: Outcome): Note[] {
  switch (outcome) {
    case "admit":
      return [
        { at: 0, length: 0.09, pitch: 660 },
        { at: 0.09, length: 0.09, pitch: 880 },
      ];
    case "refuse":
      return [
        { at: 0, length: 0.16, pitch: 220 },
        { at: 0.16 + PAUSE * 2, length: 0.16, pitch: 220 },
      ];
    case "check":
      return [{ at: 0, length: 0.35, pitch: 440 }];
    case "left":
      return [{ at: 0, length: 0.12, pitch: 660 }];
    case "tick":
      return [{ at: 0, length: 0.02, pitch: 1200 }];
  }
}

/** The vibration that matches: milliseconds on, off, on. */
export function pulses(outcome: Outcome): number[] {
  return notes(outcome).flatMap((note, index, all) => {
    const before = all[index - 1];
    const on = Math.round(note.length * 1000);
    return before ? [Math.max(30, Math.round((note.at - before.at - before.length) * 1000)), on] : [on];
  });
}

let context: AudioContext | undefined;

/** Browsers let a page sound only after a touch or a key; called from such an event it makes later tones audible. */
export function wake(): void {
  void woken();
}

/** The same; settles once tones can be heard, and never if they can't. */
export async function woken(): Promise<void> {
  context ??= "AudioContext" in window ? new AudioContext() : undefined;
  if (context?.state === "suspended") await context.resume().catch(() => undefined);
}

/** Whether tones would be heard; a device that has no sound at all misses none. */
export function audible(): boolean {
  return !context || context.state === "running";
}

export function play(outcome: Outcome): void {
  wake();
  // Before the first touch a browser refuses, and complains.
  if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(pulses(outcome));
  if (!context || context.state !== "running") return;
  const start = context.currentTime + 0.01;
  for (const note of notes(outcome)) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    // A sine of 220 Hz is lost in a small loudspeaker; the overtones of a triangle are not.
    oscillator.type = note.pitch < 300 ? "triangle" : "sine";
    oscillator.frequency.value = note.pitch;
    const from = start + note.at;
    const to = from + note.length;
    // Without a short rise and fall each note would click.
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.5, from + 0.008);
    gain.gain.setValueAtTime(0.5, Math.max(from + 0.008, to - 0.012));
    gain.gain.linearRampToValueAtTime(0, to);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(to);
  }
}
