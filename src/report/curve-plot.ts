import type { Markish } from "@observablehq/plot";
import { seriesStyle } from "./palette.ts";
import { optionalPackage } from "./optional-package.ts";

/** A curve with its uncertainty; x, mean and standardError go together. */
export interface Curve {
  name: string;
  x: readonly number[];
  mean: readonly number[];
  /** Half the height of the band; NaN where there is none. */
  standardError: readonly number[];
}

/** One plot: a title, labelled axes and some curves. */
export interface Panel {
  title: string;
  xLabel: string;
  yLabel: string;
  curves: readonly Curve[];
  /** Names in the order that decides on styles, shared with other panels; default: the curves' own. */
  order?: readonly string[];
  /** The largest and the smallest y to show, where the curves alone would be misleading. */
  yDomain?: readonly [number, number];
}

export interface PlotSize {
  width: number;
  height: number;
}

/** The panel as an SVG element of the given document: a browser's, or `parseHTML("").document` of linkedom. */
export async function curvePlot(panel: Panel, size: PlotSize, document: Document): Promise<SVGSVGElement> {
  const Plot = await optionalPackage("@observablehq/plot", import("@observablehq/plot"));
  const order = panel.order ?? panel.curves.map((curve) => curve.name);
  const marks: Markish[] = [Plot.gridY({ stroke: "#000", strokeOpacity: 0.09 })];
  const styled = panel.curves.map((curve) => ({ points: points(curve), style: seriesStyle(Math.max(0, order.indexOf(curve.name))) }));
  for (const { points, style } of styled) {
    const band = points.filter((point) => !Number.isNaN(point.low));
    if (band.length > 1) marks.push(Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: style.colour, fillOpacity: 0.15 }));
  }
  for (const { points, style } of styled) {
    marks.push(Plot.lineY(points, { x: "x", y: "y", stroke: style.colour, strokeWidth: 1.8, strokeDasharray: style.dash === "none" ? undefined : style.dash }));
    marks.push(Plot.dot(points, { x: "x", y: "y", fill: style.colour, stroke: "white", strokeWidth: 0.8, r: 3.2, symbol: style.symbol }));
  }
  const most = Math.max(0, ...panel.curves.flatMap((curve) => curve.x));
  const svg = Plot.plot({
    document,
    ...size,
    marginLeft: 52,
    marginBottom: 38,
    marginTop: 34,
    marginRight: 14,
    style: { fontFamily: "'Source Sans 3', system-ui, sans-serif", fontSize: "12px", background: "white", color: "#222" },
    // no arrows at the labels: fonts lack them
    x: { label: panel.xLabel, labelArrow: "none", labelAnchor: "center", ticks: wholeTicks(most), tickFormat: (x: number) => String(x), domain: [0, most], inset: 6 },
    y: { label: panel.yLabel, labelArrow: "none", labelAnchor: "center", nice: panel.yDomain === undefined, domain: panel.yDomain ? [...panel.yDomain] : range(panel), tickSize: 0 },
    marks,
  }) as unknown as SVGSVGElement;
  const title = document.createElementNS("http://www.w3.org/2000/svg", "text");
  title.textContent = panel.title;
  for (const [name, value] of Object.entries({ x: "52", y: "18", "text-anchor": "start", "font-size": "14", "font-weight": "600", fill: "#222" })) title.setAttribute(name, value);
  svg.append(title);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg;
}

interface Point {
  x: number;
  y: number;
  low: number;
  high: number;
}

function points({ x, mean, standardError }: Curve): Point[] {
  return x.map((at, i) => ({ x: at, y: mean[i], low: mean[i] - standardError[i], high: mean[i] + standardError[i] })).filter((point) => Number.isFinite(point.y));
}

/** The lowest and the highest value shown, bands included. */
function range(panel: Panel): [number, number] {
  const all = panel.curves.flatMap((curve) => points(curve).flatMap(({ y, low, high }) => [y, low, high])).filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (all.length === 0) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** Whole numbers from 0 on, about eight of them. */
function wholeTicks(most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((candidate) => most / candidate <= 8) ?? Math.ceil(most / 8);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
