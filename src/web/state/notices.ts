import { signal } from "@preact/signals";

export interface Notice {
  kind: "note" | "error";
  text: string;
  /** Stays until it is put away, or until what it says is over; errors always do. */
  stays?: boolean;
}

/** Milliseconds after which a note goes by itself. */
const noteTime = 12_000;

/** What the page has to say, newest last; read out by screen readers. */
export const notices = signal<readonly (Notice & { id: number })[]>([]);

let next = 0;

/** Shows a notice; the same text stands there once. */
export function say(notice: Notice): void {
  const id = next++;
  notices.value = [...notices.value.filter(({ text }) => text !== notice.text), { ...notice, id }].slice(-4);
  if (notice.kind === "note" && !notice.stays) setTimeout(() => dismiss(id), noteTime);
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
