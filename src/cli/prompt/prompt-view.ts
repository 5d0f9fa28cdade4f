import type { AcquisitionState, Candidate, StopReason } from "../../acquisition/index.ts";
import { decodeValue, formatValue, type Column } from "../../data/index.ts";
import type { CellSummary } from "../../model/index.ts";

/** Characters of the scale behind an interval. */
const scaleWidth = 40;
const barWidth = 12;

/** A target as it is predicted now: "medv  22.5, 90 % between 9.8 and 41.2  [ ---o----- ]", or a bar per likely level. */
export function predictionLines(target: Column, cell: CellSummary, mass: number): string {
  if (!cell.probabilities) {
    const number = (value: number): string => formatValue(target, value);
    const percent = `${Number((100 * mass).toPrecision(3))} %`;
    return `  ${target.name}: ${number(cell.value)}, ${percent} between ${number(cell.lower!)} and ${number(cell.upper!)}\n  ${scale(target, cell)}\n`;
  }
  const levels = cell.probabilities.map((p, level) => ({ p, label: target.categories![level] })).sort((a, b) => b.p - a.p).slice(0, 5);
  const width = Math.max(...levels.map(({ label }) => label.length));
  return `  ${target.name}:\n${levels.map(({ p, label }) => `    ${label.padEnd(width)}  ${`${(100 * p).toFixed(1)} %`.padStart(7)}  ${"#".repeat(Math.round(p * scaleWidth))}\n`).join("")}`;
}

/** The interval and the prediction between the training rows' low and high values (two deviations). */
function scale(target: Column, cell: CellSummary): string {
  const [low, high] = [-2, 2].map((coded) => decodeValue(target, coded));
  const place = (value: number): number => Math.round((scaleWidth - 1) * Math.min(1, Math.max(0, (value - low) / (high - low))));
  const [from, at, to] = [cell.lower!, cell.value, cell.upper!].map(place);
  const characters = Array.from({ length: scaleWidth }, (_, i) => (i === at ? "o" : i >= from && i <= to ? "-" : " ")).join("");
  return `${formatValue(target, low)} [${characters}] ${formatValue(target, high)}`;
}

/** The three best values to ask for, with what they are worth. */
export function questionLines(state: AcquisitionState, costly: boolean): string {
  return `  most telling:\n${candidateLines(state, costly, 3)}`;
}

/** The best candidates (default: all) with their gains; the bar is relative to the best. */
export function candidateLines({ candidates, width: now }: AcquisitionState, costly: boolean, count = candidates.length): string {
  const shown = candidates.slice(0, count);
  const width = Math.max(...shown.map(({ name }) => name.length));
  return shown
    .map((candidate) => {
      const { name, gain: value, cost, expectedWidth } = candidate;
      const narrower = now === undefined || expectedWidth === undefined || !(expectedWidth < 0.995 * now) ? "" : `  interval about ${Math.round(100 * (1 - expectedWidth / now))} % narrower`;
      return `    ${name.padEnd(width)}  ${bar(value, candidates)} ${gain(candidate)}${costly ? `, cost ${cost}` : ""}${narrower}\n`;
    })
    .join("");
}

/** Histograms may say a little less than nothing. */
function gain({ gain: value, standardError }: Candidate): string {
  const text = Math.max(0, value).toFixed(2);
  return Number.isNaN(standardError) ? text : `${text} ± ${standardError.toFixed(2)}`;
}

function bar(value: number, candidates: readonly Candidate[]): string {
  const most = Math.max(...candidates.map((candidate) => candidate.gain));
  const filled = most > 0 ? Math.round((barWidth * Math.max(0, value)) / most) : 0;
  return "#".repeat(filled) + ".".repeat(barWidth - filled);
}

/** Why the questions end. */
export function reasonText(reason: StopReason | "sure" | "quit", limits: { minimalGain: number; width?: number; sure: number; budget?: number }): string {
  switch (reason) {
    case "nothing left":
      return "Nothing is left to ask for.";
    case "budget":
      return `Nothing that is left fits into the budget of ${limits.budget}.`;
    case "gain":
      return `No value that is left is expected to tell ${limits.minimalGain} nats or more about the target; go on with a smaller --min-gain.`;
    case "width":
      return `The interval is narrower than ${limits.width}.`;
    case "sure":
      return `The answer is at least ${Number((100 * limits.sure).toPrecision(4))} % sure.`;
    case "quit":
      return "Stopped.";
  }
}

export const helpText = `  Type the value and press Enter. Instead of a value:
    unknown     it cannot be had; it is not asked for again (? is the same)
    back        takes the last answer back
    NAME=VALUE  answers about another feature
    list        shows what every value that is left would be worth
    quit        ends with what is known now
  The gain is how much a value is expected to tell about the target, in nats (0.69 nats settle one question of yes or no);
  the value with the highest gain, per cost if costs are given, is asked for first.
  Where a level is spelled like one of these words, write the word with a colon in front, such as :back.
`;
