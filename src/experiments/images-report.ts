import { comparisonText, measureTable } from "./tables/tables-report.ts";
import { measures, summariseTables } from "./tables/summary.ts";
import type { TableResult } from "./tables/table-results.ts";

/** An experiment on one set of pictures. */
export interface ImagesExperiment {
  name: string;
  training: string;
  test: number;
  settings: Readonly<Record<string, string | number>>;
  results: readonly TableResult[];
  command: string;
  /** The command of the same experiment by the authors' full schedule. */
  fullCommand: string;
  /** Pictures that were filled, a file beside the report. */
  picture?: string;
}

/** Measures that pictures have; intervals of pixels say little. */
const shown = ["ll_xu", "ll_xu_per_feature", "ll_y", "target_error", "error_xu", "acceptance", "train_seconds", "evaluate_seconds"];

/** The report, as Markdown: likelihoods of hidden pixels and labels, errors, times, pictures. */
export function imagesReport(experiments: readonly ImagesExperiment[], baseline: string): string {
  const results = experiments.flatMap((experiment) => experiment.results);
  const entries = summariseTables(results);
  const present = measures.filter(({ name }) => shown.includes(name) && entries.some(({ measure }) => measure === name));
  const comparison = comparisonText(baseline, results);
  const adapters = [...new Set(results.map(({ adapter }) => adapter))].filter((adapter) => adapter !== "");
  return (
    "# Pictures with a part hidden\n\n" +
    "Of every test picture a part is hidden, and so is its label. Log-likelihoods are in nats, higher is better: `ll_xu` takes the mean over hidden pixels inside the exponential as the authors do, `ll_xu per feature` is the mean " +
    "over hidden pixels of log p(x_d | x_O), `ll_y` that of the label. `error_xu` is the mean over pixels of the error rate (binary and categorical pixels) or the RMSE on the coded scale. `PRESET:encoder` draws from the encoder's " +
    "Gaussian with the same weights as `PRESET`. ±: one standard error over seeds. The best of a column is bold.\n\n" +
    experiments.map(describe).join("\n") +
    present.map(({ name, title }) => `\n## ${title}\n\n${measureTable(entries, name)}`).join("") +
    (comparison === "" ? "" : `\n## Against ${baseline}\n\nPaired by set and seed; tests are over the sets' means.\n\n${comparison}`) +
    experiments.filter(({ picture }) => picture !== undefined).map(({ name, picture }) => `\n## ${name}\n\n![originals, what was observed, draws, mean and deviation](${picture})\n`).join("") +
    (adapters.length === 0 ? "" : `\nAdapter${adapters.length > 1 ? "s" : ""}: ${adapters.join("; ")}.\n`)
  );
}

function describe({ name, training, test, settings, command, fullCommand }: ImagesExperiment): string {
  const { scale, mask, draws } = settings;
  return `**${name}**: trained on ${training}, tested on ${test}; ${Number((100 * Number(scale)).toPrecision(3))} % of the authors' 100,000 steps, the same for all presets; hidden: ${mask}; ${draws} draws a picture.\n\n    ${command}\n\nIn full: \`${fullCommand}\`\n`;
}
