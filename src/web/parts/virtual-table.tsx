import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props<T> {
  caption: string;
  /** The heads of the columns. */
  heads: readonly ComponentChildren[];
  rows: number;
  /** Changes when what the rows hold does. */
  version: unknown;
  load: (first: number, count: number) => Promise<readonly T[]>;
  /** The cells of a row. */
  cellsOf: (row: T) => ComponentChildren;
  /** What a row is numbered by. */
  number: (place: number) => number;
  /** The place that is to be in sight; looked at when it is another object. */
  inSight?: { place: number };
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** Height of a row in CSS pixels, as the style sheet has it. */
const rowHeight = 34;
/** Rows above and below those in sight that are there too, and rows that are fetched at once. */
const [around, chunk] = [8, 40];

/** A table of any number of rows, of which those in sight are there. Its first column stays in sight. */
export function VirtualTable<T>({ caption, heads, rows, version, load, cellsOf, number, inSight, onKeyDown }: Props<T>) {
  const place = useRef<HTMLDivElement>(null);
  const loaded = useRef({ version, rows: new Map<number, T>() });
  const [view, setView] = useState({ top: 0, height: 480 });
  const [, tick] = useState(0);
  const before = loaded.current;
  // what another order has in the same places is shown until the new rows are there
  const first = Math.max(0, Math.floor(view.top / rowHeight) - around);
  const last = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + around);
  const [from, to] = [Math.floor(first / chunk) * chunk, Math.ceil(last / chunk) * chunk];

  useEffect(() => {
    let current = true;
    const known = loaded.current.version === version ? loaded.current.rows : new Map<number, T>();
    const missing: number[] = [];
    for (let at = from; at < Math.min(to, rows); at += chunk) if (!known.has(at)) missing.push(at);
    void Promise.all(missing.map(async (at) => ({ at, found: await load(at, Math.min(chunk, rows - at)) }))).then((parts) => {
      if (!current) return;
      for (const { at, found } of parts) found.forEach((row, i) => known.set(at + i, row));
      loaded.current = { version, rows: known };
      tick((n) => n + 1);
    });
    return () => {
      current = false;
    };
  }, [version, from, to, rows]);

  useLayoutEffect(() => {
    const element = place.current!;
    const measured = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (!inSight || inSight.place < 0) return;
    const element = place.current!;
    const [top, head] = [inSight.place * rowHeight, rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight + head > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight + head - element.clientHeight + 2;
  }, [inSight]);

  // columns do not get narrower while one scrolls
  useLayoutEffect(() => {
    for (const head of place.current!.querySelectorAll<HTMLElement>("thead th")) head.style.minWidth = `${head.offsetWidth}px`;
  });

  return (
    <div class="scroll virtual" ref={place} tabIndex={0} role="region" aria-label={caption} onKeyDown={onKeyDown} onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}>
      <table aria-rowcount={rows + 1}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="number">
              row
            </th>
            {heads}
          </tr>
        </thead>
        <tbody>
          <tr class="space" aria-hidden="true" style={{ height: `${first * rowHeight}px` }} />
          {Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i).map((at) => {
            const row = before.rows.get(at);
            return (
              <tr key={at} aria-rowindex={at + 2}>
                <th scope="row" class="number">
                  {number(at)}
                </th>
                {row === undefined ? heads.map(() => <td />) : cellsOf(row)}
              </tr>
            );
          })}
          <tr class="space" aria-hidden="true" style={{ height: `${Math.max(0, rows - last) * rowHeight}px` }} />
        </tbody>
      </table>
    </div>
  );
}
