import { escapeHtml } from "./html/escape.ts";
import { seriesStyle } from "./palette.ts";

/** A value with its uncertainty; NaN: none. */
export interface Dot {
  series: string;
  value: number;
  standardError: number;
}

/** Cells of a grid: one small chart each, a dot per series with a bar of one standard error on each side. Every cell has its own scale. */
export interface DotGrid {
  rows: readonly string[];
  columns: readonly string[];
  series: readonly string[];
  cell(row: number, column: number): readonly Dot[];
  note?: string;
}

const cellSize = { width: 178, line: 15, top: 22, bottom: 20 } as const;
const [labelWidth, margin] = [150, 12] as const;

/** The grid as the text of an SVG file. */
export function dotGridSvg(grid: DotGrid): string {
  const { width, line, top, bottom } = cellSize;
  const height = top + grid.series.length * line + bottom;
  const total = { width: 2 * margin + labelWidth + grid.columns.length * width, height: 2 * margin + grid.rows.length * (height + 32) + (grid.note === undefined ? 0 : 20) };
  const parts: string[] = [];
  grid.rows.forEach((name, r) => {
    const y = margin + r * (height + 32);
    parts.push(`<text x="${margin}" y="${y + 12}" font-size="14" font-weight="600">${escapeHtml(name)}</text>`);
    grid.series.forEach((series, s) => parts.push(`<text x="${margin + labelWidth - 8}" y="${y + 28 + top + s * line - 4}" font-size="11.5" text-anchor="end">${escapeHtml(series)}</text>`));
    grid.columns.forEach((column, c) => parts.push(`<g transform="translate(${margin + labelWidth + c * width},${y + 28})">${cellSvg(grid, r, c, column)}</g>`));
  });
  const note = grid.note === undefined ? "" : `<text x="${margin}" y="${total.height - margin}" font-size="11" fill="#666">${escapeHtml(grid.note)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" font-family="'Source Sans 3', system-ui, sans-serif" fill="#222">` +
    `<rect width="100%" height="100%" fill="white"/>${parts.join("")}${note}</svg>\n`
  );
}

function cellSvg({ series, cell }: DotGrid, r: number, c: number, title: string): string {
  const { width, line, top } = cellSize;
  const dots = cell(r, c).filter(({ value }) => Number.isFinite(value));
  const heading = `<text x="4" y="-2" font-size="11.5" fill="#555">${escapeHtml(title)}</text>`;
  if (dots.length === 0) return heading;
  const error = ({ standardError }: Dot): number => (Number.isFinite(standardError) ? standardError : 0);
  const ends = dots.flatMap((dot) => [dot.value - error(dot), dot.value + error(dot)]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const pad = 0.06 * (most - least) || 0.1 * Math.abs(most) || 1;
  const [low, high] = [least - pad, most + pad];
  const inner = width - 22;
  const x = (value: number): string => (4 + ((value - low) / (high - low)) * inner).toFixed(1);
  const bottom = top - 14 + series.length * line;
  const ticks = [low + 0.15 * (high - low), low + 0.85 * (high - low)].map((value) => Number(value.toPrecision(2))).filter((value, i, all) => value >= low && value <= high && all.indexOf(value) === i);
  const axis = ticks.map((tick) => `<line x1="${x(tick)}" x2="${x(tick)}" y1="4" y2="${bottom}" stroke="#000" stroke-opacity="0.12"/><text x="${x(tick)}" y="${bottom + 13}" font-size="10" text-anchor="middle" fill="#666">${tick}</text>`).join("");
  const marks = dots.map((dot) => {
    const s = series.indexOf(dot.series);
    const y = top - 6 + s * line - 2;
    const { colour } = seriesStyle(s);
    return `<line x1="${x(dot.value - error(dot))}" x2="${x(dot.value + error(dot))}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="1.6"/><circle cx="${x(dot.value)}" cy="${y}" r="3.4" fill="${colour}"/>`;
  });
  return `${heading}<rect x="0" y="4" width="${width - 14}" height="${bottom - 4}" fill="#000" fill-opacity="0.025"/>${axis}${marks.join("")}`;
}
