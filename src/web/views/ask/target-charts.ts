import type { Predicted } from "../../engine/ask/ask-state.ts";
import type { CellPosterior } from "../../engine/filled/filled-cell.ts";
import type { Plot } from "../../parts/chart.tsx";
import { axisOf } from "../../parts/axis.ts";
import { byProbability } from "./words.ts";

export type Continuous = Extract<CellPosterior, { kind: "continuous" }>;
export type Discrete = Extract<CellPosterior, { kind: "discrete" }>;

/** A target after a step. */
export interface Moment<P extends CellPosterior> {
  step: Predicted["step"];
  posterior: P;
}

const mostLevels = 8;

/** The density now over those before it, on the axis of the start: the tightening is seen. */
export function densities(plot: Plot, width: number, history: readonly Continuous[], truth: number | undefined) {
  const now = history.at(-1)!;
  const start = history[0];
  const before = history.length > 2 ? history.at(-2)! : undefined;
  const points = ({ x, density }: Continuous) => Array.from(x, (at, i) => ({ at, density: density[i] }));
  const [low, high] = axis(history, truth);
  const inside = (posterior: Continuous) => points(posterior).filter(({ at }) => at >= low && at <= high);
  return plot.plot({
    width,
    height: 200,
    className: "plot",
    marginLeft: 12,
    marginTop: 8,
    marginBottom: 42,
    x: { label: now.name, labelArrow: "none", labelAnchor: "center", labelOffset: 34, domain: [low, high], ticks: Math.max(3, Math.floor(width / 90)), ...axisOf(now.format, width) },
    y: { axis: null },
    marks: [
      ...(history.length > 1 ? [plot.areaY(inside(start), { x: "at", y: "density", fill: "var(--muted)", fillOpacity: 0.22 })] : []),
      ...(before ? [plot.lineY(inside(before), { x: "at", y: "density", stroke: "var(--muted)", strokeWidth: 1.4, strokeDasharray: "4,3" })] : []),
      plot.areaY(inside(now).filter(({ at }) => at >= now.lower && at <= now.upper), { x: "at", y: "density", fill: "var(--second)", fillOpacity: 0.25 }),
      plot.lineY(inside(now), { x: "at", y: "density", stroke: "var(--second)", strokeWidth: 1.8 }),
      plot.ruleX([now.value], { stroke: "var(--text)", strokeDasharray: "4,3" }),
      ...(truth === undefined ? [] : [plot.ruleX([truth], { stroke: "var(--accent)", strokeWidth: 2.2 })]),
      plot.ruleY([0]),
    ],
  });
}

/** The interval after each step. */
export function intervals(plot: Plot, width: number, moments: readonly Moment<Continuous>[], truth: number | undefined) {
  const data = moments.map(({ posterior: { value, lower, upper } }, i) => ({ i, value, lower, upper }));
  const { format } = moments[0].posterior;
  return plot.plot({
    ...steps(width, moments, 48),
    ...(format && { marginLeft: 90 }),
    y: { label: null, grid: true, ticks: 5, nice: true, ...(format && { tickFormat: axisOf(format, width)!.tickFormat }) },
    marks: [
      plot.areaY(data, { x: "i", y1: "lower", y2: "upper", fill: "var(--second)", fillOpacity: 0.25 }),
      plot.lineY(data, { x: "i", y: "value", stroke: "var(--second)", strokeWidth: 1.8 }),
      plot.dot(data, { x: "i", y: "value", fill: "var(--second)", r: 3 }),
      ...(truth === undefined ? [] : [plot.ruleY([truth], { stroke: "var(--accent)", strokeWidth: 2 })]),
    ],
  });
}

/** The probability of each level now, with a tick where it was before the last step. */
export function probabilities(plot: Plot, width: number, now: Discrete, before: Discrete | undefined, truth: string | undefined) {
  const levels = byProbability(now).slice(0, mostLevels);
  const were = before?.levels.filter(({ label }) => levels.some((level) => level.label === label)) ?? [];
  return plot.plot({
    width,
    height: 48 + 24 * levels.length,
    marginBottom: 42,
    className: "plot",
    marginLeft: Math.min(140, Math.round(0.34 * width)),
    marginTop: 4,
    x: { label: "probability", labelArrow: "none", labelAnchor: "center", labelOffset: 34, domain: [0, 1], grid: true, ticks: 5 },
    y: { label: null, domain: levels.map(({ label }) => label), tickSize: 0, padding: 0.25 },
    marks: [
      plot.barX(levels, { y: "label", x: "probability", fill: ({ label }: { label: string }) => (label === truth ? "var(--accent)" : "var(--second)"), fillOpacity: 0.75 }),
      plot.tickX(were, { y: "label", x: "probability", stroke: "var(--text)", strokeWidth: 2 }),
      plot.ruleX([0]),
    ],
  });
}

/** The most probable levels after each step. */
export function shares(plot: Plot, width: number, moments: readonly Moment<Discrete>[]) {
  const labels = byProbability(moments.at(-1)!.posterior).slice(0, 3).map(({ label }) => label);
  const data = moments.flatMap(({ posterior }, i) => posterior.levels.filter(({ label }) => labels.includes(label)).map(({ label, probability }) => ({ i, label, probability })));
  const colours = ["var(--second)", "var(--accent)", "var(--muted)"];
  return plot.plot({
    ...steps(width, moments, Math.min(110, Math.round(0.25 * width))),
    y: { label: null, domain: [0, 1], grid: true, ticks: 4 },
    color: { domain: labels, range: colours.slice(0, labels.length) },
    marks: [
      plot.lineY(data, { x: "i", y: "probability", stroke: "label", strokeWidth: 1.8 }),
      plot.dot(data, { x: "i", y: "probability", fill: "label", r: 3 }),
      plot.text(data.filter(({ i }) => i === moments.length - 1), { x: "i", y: "probability", text: "label", fill: "label", textAnchor: "start", dx: 8 }),
    ],
  });
}

/** Steps from left to right, named where there is room. */
function steps(width: number, moments: readonly Moment<CellPosterior>[], right: number) {
  const last = moments.length - 1;
  const room = (width - 40 - right) / Math.max(1, last) / 7 - 1.5;
  const names = (i: number): string => {
    if (!Number.isInteger(i)) return "";
    if (room < 6) return String(i);
    const most = i === last ? Math.min(room, (2 * right) / 7) : room;
    const { step } = moments[i];
    const name = !step ? "start" : step.kind === "answer" ? step.name : step.kind === "unknown" ? `no ${step.name}` : `– ${step.name}`;
    return name.length > most ? `${name.slice(0, Math.max(1, Math.floor(most) - 1))}…` : name;
  };
  return { width, height: 170, className: "plot", marginLeft: 40, marginRight: right, marginBottom: 28, x: { label: null, domain: [0, last], ticks: moments.map((_, i) => i), tickFormat: names } } as const;
}

/** The start's interval with room on both sides, no wider than its density; with what the table says, if that is shown. */
function axis(history: readonly Continuous[], truth: number | undefined): [number, number] {
  const { x, lower, upper } = history[0];
  const pad = 0.35 * (upper - lower);
  const ends = [Math.max(x[0], lower - pad), Math.min(x[x.length - 1], upper + pad)];
  // the curve of now is never cut where it is still high
  const now = history.at(-1)!;
  const peak = Math.max(...now.density);
  const reach = Array.from(now.x).filter((_, i) => now.density[i] > 0.02 * peak);
  const all = [...ends, reach[0] ?? ends[0], reach.at(-1) ?? ends[1], ...history.flatMap((posterior) => [posterior.lower, posterior.upper]), ...(truth === undefined ? [] : [truth])];
  return [Math.min(...all), Math.max(...all)];
}
