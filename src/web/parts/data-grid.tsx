import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface GridProps {
  caption: string;
  columns: readonly string[];
  rows: number;
  /** Changes when the content does. */
  version: unknown;
  /** The cells of some rows; asked for a page at a time. */
  load: (first: number, count: number) => Promise<readonly (readonly ComponentChildren[])[]>;
  /** What the rows are numbered by; default: 1, 2, ... */
  numbers?: (row: number) => number;
  /** The page that holds this row comes first. */
  start?: number;
  rowsPerPage?: number;
}

/** A table shown a page at a time: any number of rows costs the same. */
export function DataGrid({ caption, columns, rows, version, load, numbers = (row) => row + 1, start = 0, rowsPerPage = 20 }: GridProps) {
  const pages = Math.max(1, Math.ceil(rows / rowsPerPage));
  const [page, setPage] = useState(Math.floor(start / rowsPerPage));
  const [cells, setCells] = useState<readonly (readonly ComponentChildren[])[]>([]);
  const first = Math.min(page, pages - 1) * rowsPerPage;
  useEffect(() => {
    let current = true;
    void load(first, rowsPerPage).then((loaded) => {
      if (current) setCells(loaded);
    });
    return () => {
      current = false;
    };
  }, [first, version]);
  return (
    <div class="grid">
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                row
              </th>
              {columns.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cells.map((row, i) => (
              <tr key={first + i}>
                <th scope="row" class="number">
                  {numbers(first + i)}
                </th>
                {row.map((cell) => cell)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav class="pager" aria-label={`Pages of ${caption}`}>
          <button type="button" disabled={first === 0} onClick={() => setPage(page - 1)}>
            Previous
          </button>
          <span>
            rows {first + 1} to {Math.min(rows, first + rowsPerPage)} of {rows}
          </span>
          <button type="button" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
            Next
          </button>
        </nav>
      )}
    </div>
  );
}
