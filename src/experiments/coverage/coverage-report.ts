import { csvTable, markdownTable, meanAndError } from "../../report/index.ts";
import { mean, standardDeviation } from "../../math/statistics.ts";
import type { Variants } from "../tables/index.ts";
import { bootstrapEnding, references, type CoverageResult } from "./coverage-results.ts";
import { terms, truth, type Term } from "./data-set.ts";

/** What an experiment on coverage was made of; stands in experiment.json. */
export interface CoverageSettings {
  rows: number;
  /** Expected share of holes in x and in group. */
  rate: number;
  completions: number;
  /** Mass of the intervals. */
  level: number;
  /** Part of a preset's steps. */
  scale: number;
  /** Methods that are no presets. */
  variants?: Variants;
}

/** A method's answers for one slope, over all data sets. */
export interface CoverageEntry {
  method: string;
  term: Term;
  sets: number;
  /** Data sets whose interval holds the truth. */
  covered: number;
  /** covered / sets, and its binomial standard error. */
  coverage: number;
  coverageError: number;
  /** Mean estimate less the truth, and its standard error over data sets. */
  bias: number;
  biasError: number;
  /** How much estimates vary from data set to data set, and what the method says they do. */
  deviation: number;
  standardError: number;
  /** Mean width of the intervals. */
  width: number;
}

/** One entry a method and term: references first, then methods in order of first appearance. */
export function summariseCoverage(results: readonly CoverageResult[]): CoverageEntry[] {
  const met = [...new Set(results.map(({ method }) => method))];
  const methods = [...references.filter((name) => met.includes(name)), ...met.filter((name) => !references.some((reference) => reference === name))];
  return terms.flatMap((term) =>
    methods.map((method): CoverageEntry => {
      const slopes = results.filter((result) => result.method === method).map((result) => result.slopes[term]);
      const covered = slopes.filter(({ lower, upper }) => lower <= truth[term] && truth[term] <= upper).length;
      const coverage = covered / slopes.length;
      const { mean: estimate, standardError: biasError } = meanAndError(slopes.map((slope) => slope.estimate));
      return {
        method,
        term,
        sets: slopes.length,
        covered,
        coverage,
        coverageError: Math.sqrt((coverage * (1 - coverage)) / slopes.length),
        bias: estimate - truth[term],
        biasError,
        deviation: standardDeviation(slopes.map((slope) => slope.estimate)),
        standardError: mean(slopes.map((slope) => slope.standardError)),
        width: mean(slopes.map(({ lower, upper }) => upper - lower)),
      };
    }),
  );
}

/** One line a method and term. */
export function coverageCsv(results: readonly CoverageResult[]): string {
  return csvTable(
    ["term", "method", "data_sets", "covered", "coverage", "coverage_error", "bias", "bias_error", "deviation", "standard_error", "width"],
    summariseCoverage(results).map((entry) => [entry.term, entry.method, entry.sets, entry.covered, entry.coverage, entry.coverageError, entry.bias, entry.biasError, entry.deviation, entry.standardError, entry.width].map((cell) => (typeof cell === "number" ? Number(cell.toPrecision(5)) : cell))),
  );
}

/** The entries of one slope, as Markdown. */
export function coverageTable(entries: readonly CoverageEntry[], term: Term): string {
  const percent = (value: number): string => (100 * value).toFixed(1);
  return markdownTable(
    ["", "data sets", "intervals hold the truth, %", "bias", "estimates' deviation", "mean standard error", "mean width"],
    entries.filter((entry) => entry.term === term).map((entry) => [
      entry.method,
      String(entry.sets),
      `${percent(entry.coverage)} ± ${percent(entry.coverageError)}`,
      `${entry.bias.toFixed(4)} ± ${entry.biasError.toFixed(4)}`,
      entry.deviation.toFixed(4),
      entry.standardError.toFixed(4),
      entry.width.toFixed(3),
    ]),
  );
}

const about: Readonly<Record<Term, string>> = { w: "w, always known", x: "x, a number with holes", group: "group, two levels with holes" };

/** The report, as Markdown. */
export function coverageReport({ rows, rate, completions, level, scale, variants = {} }: CoverageSettings, results: readonly CoverageResult[], command: string): string {
  const entries = summariseCoverage(results);
  const adapters = [...new Set(results.map(({ adapter }) => adapter))].filter((adapter) => adapter !== "");
  const one = results.filter(({ method }) => method === results[0].method);
  const share = (of: (result: CoverageResult) => number): string => `${Math.round(100 * mean(one.map(of)))}`;
  const methods = [...new Set(results.map(({ method }) => method))].filter((method) => !references.some((name) => name === method));
  const seconds = methods.map((method) => `${method} ${mean(results.filter((result) => result.method === method).map((result) => result.seconds)).toPrecision(2)} s`);
  const changed = Object.entries(variants).map(([name, { preset, ...changes }]) => `- ${name}: ${preset} with \`${JSON.stringify(changes)}\`\n`).join("");
  return (
    "# Whether pooled intervals hold what they promise\n\n" +
    `Made-up data sets of ${rows} rows: y = ${truth.intercept} + ${truth.w} w + ${truth.x} x + ${truth.group} group + N(0, 1), where x and w correlate by 0.5 and group is a or b, the more likely b the larger w. Holes are made at random ` +
    `given what is known: x goes missing by y, group by w, ${Math.round(100 * rate)} % each (${share(({ missing }) => missing.x)} and ${share(({ missing }) => missing.group)} % found). Each data set is read as CSV, a model is trained on it, ${completions} completed tables are drawn, ` +
    `the regression of y on the others is done on each, and pooled by Rubin's rules with the degrees of freedom of Barnard and Rubin. A right ${Math.round(100 * level)} % interval holds the truth in ${Math.round(100 * level)} of 100 data sets.\n\n` +
    `    ${command}\n\n` +
    `${scale === 1 ? "The full schedule" : `${Number((100 * scale).toPrecision(3))} % of the schedule's steps`}${changed === "" ? "" : ", but for what is changed below"}. \"all data\": nothing missing; \"complete rows\": rows with holes left out; \"true model\": completed by the model that made the data, its parameters known. ` +
    `\"${bootstrapEnding}\": every completed table from a model of its own, trained on rows drawn with replacement. ±: one standard error over data sets.\n${changed === "" ? "" : `\n${changed}`}` +
    terms.map((term) => `\n## The slope of ${about[term]}\n\n${coverageTable(entries, term)}`).join("") +
    `\nTime for a data set: ${seconds.join(", ")}.${adapters.length === 0 ? "" : ` Adapter: ${adapters.join("; ")}.`}\n`
  );
}
