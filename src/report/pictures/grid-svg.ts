import { escapeHtml } from "../html/escape.ts";
import { groupCells } from "./cells.ts";
import { heatColour, scaleTop } from "./heat-colours.ts";
import { checkGrid, type PictureGrid } from "./picture-grid.ts";
import { textWidth, titleLines } from "./title-lines.ts";

/** Pictures are enlarged by a whole number to at least this width. */
const leastWidth = 84;
const [margin, cellGap, groupGap, lineHeight] = [16, 4, 18, 16] as const;
const ink = "#222";

/** The grid as the text of an SVG file, pixels as squares. Throws RangeError where a length does not fit. */
export async function pictureGridSvg(grid: PictureGrid): Promise<string> {
  checkGrid(grid);
  const scale = Math.ceil(leastWidth / grid.width);
  const cell = { width: scale * grid.width, height: scale * grid.height };
  const top = scaleTop(grid.groups.flatMap((group) => ("deviation" in group ? Array.from(group.deviation) : [])));
  const labelWidth = grid.labels === undefined ? 0 : Math.max(...grid.labels.map(textWidth)) + 8;
  let x = margin + labelWidth;
  const places = grid.groups.map((group) => {
    const columns = "deviation" in group ? 1 : group.pictures.length;
    const inner = columns * cell.width + (columns - 1) * cellGap;
    const width = Math.max(inner, ...group.title.split(/\s+/).map(textWidth));
    const place = { x: x + (width - inner) / 2, middle: x + width / 2, lines: titleLines(group.title, width), inner };
    x += width + groupGap;
    return place;
  });
  const heading = grid.title === undefined ? 0 : 28;
  const titles = Math.max(...places.map(({ lines }) => lines.length)) * lineHeight;
  const firstRow = margin + heading + titles + 6;
  const rowY = (row: number): number => firstRow + row * (cell.height + cellGap);
  const parts: string[] = [];
  if (grid.title !== undefined) parts.push(text(margin, margin + 15, grid.title, `font-size="16" font-weight="600"`));
  for (const [g, group] of grid.groups.entries()) {
    const { x: left, middle, lines, inner } = places[g];
    lines.forEach((line, i) => parts.push(text(middle, firstRow - 8 - (lines.length - 1 - i) * lineHeight, line, `font-weight="600" text-anchor="middle"`)));
    if (!("deviation" in group) && group.pictures.length > 1) parts.push(`<path d="M${left},${firstRow - 4.5}h${inner}" stroke="#999" stroke-width="1"/>`);
    const cells = await groupCells(grid, group, top);
    cells.forEach((row, r) => row.forEach((png, c) => parts.push(cellSvg(left + c * (cell.width + cellGap), rowY(r), cell, png, "observed" in group))));
  }
  grid.labels?.forEach((label, row) => parts.push(text(margin + labelWidth - 8, rowY(row) + cell.height / 2 + 4.5, label, `text-anchor="end"`)));
  let y = rowY(grid.rows) + 14;
  const legend = legendSvg(grid, top, margin + labelWidth, y);
  if (legend.svg !== "") y += 22;
  const width = Math.max(x - groupGap, margin + labelWidth + legend.width, margin + textWidth(grid.title ?? "") * 1.25) + margin;
  const note = grid.note === undefined ? [] : titleLines(grid.note, width - 2 * margin);
  note.forEach((line, i) => parts.push(text(margin, y + 10 + i * lineHeight, line, `font-size="12" fill="#555"`)));
  const height = y + note.length * lineHeight + (note.length > 0 ? margin : 4);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'Source Sans 3', system-ui, sans-serif" font-size="13" fill="${ink}">` +
    `<defs>${hatch}${gradient}</defs><rect width="100%" height="100%" fill="white"/>${parts.join("")}${legend.svg}</svg>\n`
  );
}

// a pattern, because no plain colour is one that a pixel cannot have
const hatch = `<pattern id="hidden" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#b9cde3"/><rect width="2.4" height="6" fill="#7f9fc4"/></pattern>`;
const gradient = `<linearGradient id="deviation">${[0, 0.25, 0.5, 0.75, 1].map((share) => `<stop offset="${share}" stop-color="rgb(${heatColour(share).join(",")})"/>`).join("")}</linearGradient>`;

function cellSvg(x: number, y: number, { width, height }: { width: number; height: number }, png: Uint8Array, hatched: boolean): string {
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  return (
    (hatched ? `<rect ${place} fill="url(#hidden)"/>` : "") +
    `<image ${place} preserveAspectRatio="none" image-rendering="optimizeSpeed" href="data:image/png;base64,${base64(png)}"/>` +
    `<rect x="${x - 0.5}" y="${y - 0.5}" width="${width + 1}" height="${height + 1}" fill="none" stroke="#bbb" stroke-width="1"/>`
  );
}

/** What the hatching and the colours mean, in one line from (x, y) on. */
function legendSvg(grid: PictureGrid, top: number, x: number, y: number): { svg: string; width: number } {
  let [at, svg] = [x, ""];
  if (grid.groups.some((group) => "observed" in group)) {
    svg += `<rect x="${at}" y="${y - 2}" width="14" height="14" fill="url(#hidden)" stroke="#bbb"/>${text(at + 20, y + 9, "hidden")}`;
    at += 20 + textWidth("hidden") + 20;
  }
  if (grid.groups.some((group) => "deviation" in group)) {
    const [end, label, bar] = [String(top), "standard deviation, in grey levels of 255", 110];
    svg += `${text(at, y + 9, "0")}<rect x="${at + 12}" y="${y - 2}" width="${bar}" height="14" fill="url(#deviation)" stroke="#bbb"/>${text(at + bar + 18, y + 9, end)}`;
    at += bar + 18 + textWidth(end) + 8;
    svg += text(at, y + 9, label);
    at += textWidth(label);
  }
  return { svg, width: at - x };
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeHtml(content)}</text>`;
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
