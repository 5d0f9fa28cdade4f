import { escapeHtml } from "./escape.ts";
import { optionalPackage } from "../optional-package.ts";

/** A picture with Observable Plot, as the text of an SVG element that says what it shows. */
export async function draw(label: string, options: (plot: typeof import("@observablehq/plot")) => import("@observablehq/plot").PlotOptions): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([optionalPackage("@observablehq/plot", import("@observablehq/plot")), optionalPackage("linkedom", import("linkedom"))]);
  const document = parseHTML("<html><body></body></html>").document as unknown as Document;
  const svg = Plot.plot({
    width: 300, height: 150, marginLeft: 40, marginBottom: 28, marginTop: 10, marginRight: 8, style: { background: "none", fontSize: "11px" },
    document, ...options(Plot),
  }) as unknown as SVGSVGElement;
  // the page's own style holds for all pictures
  for (const own of Array.from(svg.querySelectorAll("style"))) own.remove();
  // linkedom leaves < and > in attributes as they are
  return svg.outerHTML.replace(/ class="plot-[^"]*"/, "").replace("<svg", `<svg role="img" aria-label="${escapeHtml(label)}"`);
}

/** Which cells are missing: a line per row, at most `mostLines` of them, a column per column; several rows of a line are averaged. */
export function missingMap(columns: readonly string[], rows: number, isMissing: (row: number, column: number) => boolean, mostLines = 160): string {
  const lines = Math.min(rows, mostLines);
  const [cellWidth, lineHeight, top] = [Math.max(10, Math.min(44, Math.floor(900 / columns.length))), lines > 80 ? 2 : 4, 90];
  const parts: string[] = [];
  for (let line = 0; line < lines; line++) {
    const [from, to] = [Math.floor((line * rows) / lines), Math.floor(((line + 1) * rows) / lines)];
    columns.forEach((_, j) => {
      let missing = 0;
      for (let row = from; row < to; row++) missing += Number(isMissing(row, j));
      if (missing > 0) parts.push(`<rect x="${j * cellWidth}" y="${top + line * lineHeight}" width="${cellWidth - 1}" height="${lineHeight}" fill="var(--hole)" fill-opacity="${Number((missing / (to - from)).toFixed(2))}"/>`);
    });
  }
  const [width, height] = [columns.length * cellWidth + 90, top + lines * lineHeight];
  const names = columns.map((name, j) => `<text transform="translate(${j * cellWidth + cellWidth / 2 + 3},${top - 5}) rotate(-50)" font-size="11" fill="currentColor">${escapeHtml(name.length > 18 ? `${name.slice(0, 17)}…` : name)}</text>`);
  return `<svg role="img" aria-label="which cells are missing" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><rect y="${top}" width="${columns.length * cellWidth - 1}" height="${lines * lineHeight}" fill="var(--a)" fill-opacity="0.18"/>${parts.join("")}${names.join("")}</svg>`;
}
