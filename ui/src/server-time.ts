// The server's time on a device whose own clock may be wrong: ids and clocks follow the server, not the tablet.

/** Whole seconds are all that a server's `Date` tells, and the line takes its time: less than this is no difference. */
const TOLERANCE = 2000;

/** Milliseconds to add to a device's clock, given what the server said and when the device heard it. */
export function corrected(offset: number, told: number, heard: number): number {
  // What is told is cut to whole seconds, so the middle of the second is the best guess.
  const difference = told + 500 - heard;
  return Math.abs(difference - offset) <= TOLERANCE ? offset : difference;
}

let offset = 0;

/** Milliseconds since 1970 as the server counts them. */
export function now(): number {
  return Date.now() + offset;
}

/** Takes the server's time, in milliseconds; `heard` is when it came, by the device's clock. */
export function learn(told: number, heard = Date.now()): void {
  if (Number.isFinite(told)) offset = corrected(offset, told, heard);
}
