// Hands a request in until it is answered. The id is chosen once, so a second delivery gets the first answer.

export interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  status?: number;
}

export type Delivered<T> = { answer: T } | { problem: Problem };

export interface Means {
  fetch: typeof fetch;
  /** Milliseconds to wait for one answer. */
  patience: number;
  sleep(milliseconds: number): Promise<void>;
  /** Told before every new attempt, and with `true` once an answer came. */
  connected(yes: boolean): void;
  /** Told the server's time with every answer, in milliseconds. */
  told?(time: number): void;
}

/** Milliseconds before attempt number `attempt` (from 1): short at first, never longer than five seconds. */
export function pause(attempt: number): number {
  return Math.min(5000, 500 * 2 ** (attempt - 1));
}

/** Whether asking again can change the answer. */
export function worthRepeating(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

export async function deliver<T>(url: string, body: unknown, means: Means): Promise<Delivered<T>> {
  const text = JSON.stringify(body);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await once<T>(url, text, means);
    if (outcome) {
      means.connected(true);
      return outcome;
    }
    means.connected(false);
    await means.sleep(pause(attempt));
  }
}

async function once<T>(url: string, body: string, means: Means): Promise<Delivered<T> | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), means.patience);
  try {
    const response = await means.fetch(url, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Gapura": "1" },
      signal: stop.signal,
    });
    means.told?.(Date.parse(response.headers.get("date") ?? ""));
    if (worthRepeating(response.status)) return undefined;
    const answer: unknown = await response.json();
    return response.ok ? { answer: answer as T } : { problem: { ...(answer as Problem), status: response.status } };
  } catch {
    // No answer, or half of one: it may have been recorded, so the same id is handed in again.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
