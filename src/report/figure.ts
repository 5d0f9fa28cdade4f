import { curvePlot, type Panel } from "./curve-plot.ts";
import { seriesStyle } from "./palette.ts";
import { optionalPackage } from "./optional-package.ts";

/** Panels side by side under one legend. */
export interface Figure {
  panels: readonly Panel[];
  /** Panels in a row; default 2. */
  columns?: number;
  /** What the bands are, and the like; stands beneath. */
  note?: string;
}

const panelSize = { width: 420, height: 300 } as const;
const legendRow = 20;
const margin = 12;
/** Mean advance of a character at 13 pixels, for the legend's columns. */
const characterWidth = 6.6;

/** The figure as the text of an SVG file. */
export async function figureSvg(figure: Figure): Promise<string> {
  const { parseHTML } = await optionalPackage("linkedom", import("linkedom"));
  const document = parseHTML("<html><body></body></html>").document as unknown as Document;
  const names = [...new Set(figure.panels.flatMap((panel) => panel.order ?? panel.curves.map((curve) => curve.name)))];
  const columns = Math.max(1, Math.min(figure.columns ?? 2, figure.panels.length));
  const width = columns * panelSize.width + 2 * margin;
  const legend = legendEntries(names, width - 2 * margin);
  const top = margin + legend.rows * legendRow + 6;
  const panels: string[] = [];
  for (const [i, panel] of figure.panels.entries()) {
    const svg = await curvePlot({ ...panel, order: panel.order ?? names }, panelSize, document);
    svg.setAttribute("x", String(margin + (i % columns) * panelSize.width));
    svg.setAttribute("y", String(top + Math.floor(i / columns) * panelSize.height));
    panels.push(svg.outerHTML);
  }
  const bottom = top + Math.ceil(figure.panels.length / columns) * panelSize.height;
  const height = bottom + (figure.note === undefined ? margin : 28);
  const note = figure.note === undefined ? "" : `<text x="${margin + 8}" y="${bottom + 14}" font-size="11" fill="#666">${escapeText(figure.note)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'Source Sans 3', system-ui, sans-serif" font-size="13">` +
    `<rect width="100%" height="100%" fill="white"/>${legend.svg}${panels.join("")}${note}</svg>\n`
  );
}

/** A line with its symbol and name per curve, as many in a row as fit. */
function legendEntries(names: readonly string[], width: number): { svg: string; rows: number } {
  let x = 0;
  let row = 0;
  const parts = names.map((name, i) => {
    const { colour, dash, symbol } = seriesStyle(i);
    const advance = 56 + name.length * characterWidth;
    if (x > 0 && x + advance > width) {
      x = 0;
      row++;
    }
    const entry =
      `<g transform="translate(${margin + 8 + x},${margin + 12 + row * legendRow})"><line x1="0" x2="30" y1="-4" y2="-4" stroke="${colour}" stroke-width="1.8"${dash === "none" ? "" : ` stroke-dasharray="${dash}"`}/>` +
      `<path transform="translate(15,-4)" d="${symbolPaths[symbol]}" fill="${colour}" stroke="white" stroke-width="0.8"/><text x="36" fill="#222">${escapeText(name)}</text></g>`;
    x += advance;
    return entry;
  });
  return { svg: parts.join(""), rows: row + 1 };
}

const symbolPaths = {
  circle: "M3.4,0A3.4,3.4,0,1,1,-3.4,0A3.4,3.4,0,1,1,3.4,0Z",
  square: "M-3,-3H3V3H-3Z",
  triangle: "M0,-4.2L3.7,2.2H-3.7Z",
  diamond2: "M0,-4.2L4.2,0L0,4.2L-4.2,0Z",
} as const;

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
