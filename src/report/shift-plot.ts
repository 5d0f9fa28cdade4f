import { seriesStyle } from "./palette.ts";
import { optionalPackage } from "./optional-package.ts";

/** A summary over shifts of filled values, with its intervals. */
export interface ShiftPanel {
  title: string;
  xLabel: string;
  /** estimate, lower and upper are NaN where there is none. */
  points: readonly { shift: number; estimate: number; lower: number; upper: number }[];
  /** The shift that moves nothing, and what the summary is held against. */
  none: number;
  reference?: number;
  /** Shifts at which the interval begins or ceases to hold the reference. */
  tipping: readonly number[];
}

const size = { width: 520, height: 320 } as const;
const font = "'Source Sans 3', system-ui, sans-serif";

/** Panels below each other, as the text of an SVG file. */
export async function shiftPlotSvg(panels: readonly ShiftPanel[]): Promise<string> {
  const { parseHTML } = await optionalPackage("linkedom", import("linkedom"));
  const document = parseHTML("<html><body></body></html>").document as unknown as Document;
  const drawn: string[] = [];
  for (const [i, panel] of panels.entries()) {
    const svg = await plot(panel, document);
    svg.setAttribute("y", String(i * size.height));
    drawn.push(svg.outerHTML);
  }
  const height = panels.length * size.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" font-family="${font}" font-size="12"><rect width="100%" height="100%" fill="white"/>${drawn.join("")}</svg>\n`;
}

async function plot({ title, xLabel, points, none, reference, tipping }: ShiftPanel, document: Document): Promise<SVGSVGElement> {
  const Plot = await optionalPackage("@observablehq/plot", import("@observablehq/plot"));
  const [own, other] = [seriesStyle(0).colour, seriesStyle(1).colour];
  const banded = points.filter(({ lower, upper }) => Number.isFinite(lower) && Number.isFinite(upper));
  const known = points.filter(({ estimate }) => Number.isFinite(estimate));
  const shifts = points.map(({ shift }) => shift);
  const within = none >= Math.min(...shifts) && none <= Math.max(...shifts);
  const svg = Plot.plot({
    document, ...size, marginLeft: 62, marginBottom: 40, marginTop: 36, marginRight: 16,
    style: { fontFamily: font, fontSize: "12px", background: "white", color: "#222" },
    x: { label: xLabel, labelArrow: "none", labelAnchor: "center", ticks: 5 },
    y: { label: null, nice: true, ticks: 6 },
    marks: [
      Plot.gridY({ stroke: "#000", strokeOpacity: 0.09 }),
      Plot.areaY(banded, { x: "shift", y1: "lower", y2: "upper", fill: own, fillOpacity: 0.15 }),
      ...(within ? [Plot.ruleX([none], { stroke: "#222", strokeOpacity: 0.3 })] : []),
      ...(reference === undefined ? [] : [Plot.ruleY([reference], { stroke: "#222", strokeDasharray: "2 2.5" })]),
      Plot.ruleX([...tipping], { stroke: other, strokeDasharray: "7 3" }),
      Plot.lineY(known, { x: "shift", y: "estimate", stroke: own, strokeWidth: 1.8 }),
      Plot.dot(known, { x: "shift", y: "estimate", fill: own, r: 2.6 }),
    ],
  }) as unknown as SVGSVGElement;
  const heading = document.createElementNS("http://www.w3.org/2000/svg", "text");
  heading.textContent = title;
  for (const [name, value] of Object.entries({ x: "62", y: "20", "text-anchor": "start", "font-size": "14", "font-weight": "600", fill: "#222" })) heading.setAttribute(name, value);
  svg.append(heading);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg;
}
