import { signal } from "@preact/signals";

export interface Notice {
  kind: "note" | "error";
  text: string;
}

/** What the page has to say, newest last; read out by screen readers. */
export const notices = signal<readonly (Notice & { id: number })[]>([]);

let next = 0;

/** Shows a notice; the same text stands there once. */
export function say(notice: Notice): void {
  notices.value = [...notices.value.filter(({ text }) => text !== notice.text), { ...notice, id: next++ }].slice(-4);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Runs something that the user asked for; a failure becomes a notice. Returns undefined then. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    say({ kind: "error", text: (cause as Error).message });
    return undefined;
  }
}
