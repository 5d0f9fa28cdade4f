/** Pieces of work that are under way at one time: decoding runs in threads of its own. */
const atOnce = 8;

/** Does `work` for 0 to count - 1, several at a time. */
export async function sideBySide(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
