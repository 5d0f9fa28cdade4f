import { csvTable, markdownTable, withError, type Figure, type Panel } from "../report/index.ts";
import { presets, scheduleOf } from "../model/index.ts";
import type { SaiaExperiment } from "./saia-results.ts";
import { comparisonTable, type OtherFigure } from "./saia-compare.ts";
import { valuesKnown, type SaiaSettings } from "./saia-settings.ts";
import { againstRandom, methodNames, summariseResults, type Estimate, type SaiaSeries } from "./saia-summary.ts";

/** Two panels per experiment: the error and the log-likelihood of the target by the number of values. */
export function saiaFigure(experiments: readonly SaiaExperiment[]): Figure {
  const all = experiments.map(({ settings, results }) => ({ settings, series: summariseResults(results) }));
  const order = [...new Set(all.flatMap(({ series }) => series.map(({ name }) => name)))];
  const panels = all.flatMap(({ settings, series }): Panel[] => {
    const panel = (yLabel: string, pick: (own: SaiaSeries) => SaiaSeries["error"]): Panel => ({
      title: settings.name,
      xLabel: `${settings.unit ?? "value"}s acquired`,
      yLabel,
      order,
      curves: series.map((own) => ({ name: own.name, x: valuesKnown(settings), ...pick(own) })),
    });
    return [panel(`${settings.errorName} of ${shortened(settings.targets.join(", "), 30)}`, (own) => own.error), panel("log-likelihood, coded scale, nats", (own) => own.logLikelihood)];
  });
  const folds = new Set(all.flatMap(({ series }) => series.map((own) => own.folds.length)));
  const note = folds.size === 1 && folds.has(1) ? "one fold" : `mean over ${[...folds].sort((a, b) => a - b).join(" or ")} folds; bands: one standard error over folds`;
  return { panels, columns: 2, note };
}

/** Areas under the curves, as Markdown. */
export function areaTable(series: readonly SaiaSeries[], settings: SaiaSettings): string {
  const known = valuesKnown(settings);
  const last = known.length - 1;
  const shown = [...new Set([0, 1, last])];
  const estimate = ({ mean, standardError }: Estimate): string => withError(mean, standardError);
  return markdownTable(
    ["model", "method", "folds", `${settings.errorName}, area`, "log-likelihood, area", `${settings.errorName}, steps 1-${last}`, ...shown.map((step) => `after ${known[step]}`)],
    series.map((own) => [
      own.model, methodNames[own.method], String(own.folds.length), estimate(own.errorArea), estimate(own.logLikelihoodArea), estimate(own.errorFromOne),
      ...shown.map((step) => withError(own.error.mean[step])),
    ]),
  );
}

/** One line per model and method: all areas with their standard errors. */
export function areaCsv(series: readonly SaiaSeries[]): string {
  const measures = ["errorArea", "logLikelihoodArea", "errorFromOne", "errorFromZero"] as const;
  const names = ["error_area", "log_likelihood_area", "error_steps_1_to_d", "error_steps_0_to_d"];
  return csvTable(
    ["model", "method", "folds", ...names.flatMap((name) => [name, `${name}_se`])],
    series.map((own) => [own.model, own.method, own.folds.length, ...measures.flatMap((name) => [own[name].mean, own[name].standardError])]),
  );
}

/** One line per model, method and step: the curves behind the plot. */
export function curveCsv(series: readonly SaiaSeries[], settings: SaiaSettings): string {
  const known = valuesKnown(settings);
  return csvTable(
    ["model", "method", "values", "error", "error_se", "log_likelihood", "log_likelihood_se"],
    series.flatMap((own) =>
      own.error.mean.map((error, step) => [own.model, own.method, known[step], error, own.error.standardError[step], own.logLikelihood.mean[step], own.logLikelihood.standardError[step]]),
    ),
  );
}

export interface ReportOptions {
  /** File name of the plot, beside the report. */
  image: string;
  /** Commands that made the experiments, for the reader to repeat. */
  commands: readonly string[];
  /** What others found on the same tables. */
  others?: readonly OtherFigure[];
}

/** The report on one or several experiments, as Markdown. */
export function saiaReport(experiments: readonly SaiaExperiment[], options: ReportOptions): string {
  const adapters = [...new Set(experiments.flatMap(({ results }) => results.map((result) => result.adapter)))];
  return (
    "# Acquiring one value after another\n\n" +
    "Every test row starts empty; one value after another is acquired, of pictures several pixels at a time, and after each time the target is predicted. The error is that of the predictive mean in original units; the " +
    "log-likelihood is log p(y | what is known), by logsumexp over the posterior draws, on the coded scale. Areas are divided by the number of steps: they are the mean height of the " +
    "curve. ±: one standard error over folds. Lower errors and higher log-likelihoods are better.\n\n" +
    `${options.commands.map((line) => `    ${line}\n`).join("")}\n` +
    `![error and log-likelihood of the target by the number of values acquired](${options.image})\n\n` +
    experiments.map(section).join("\n") +
    comparisonTable(experiments, options.others ?? []) +
    `\nAdapter${adapters.length > 1 ? "s" : ""}: ${adapters.join("; ")}.\n`
  );
}

function section({ settings, results }: SaiaExperiment): string {
  const series = summariseResults(results);
  const folds = [...new Set(results.map((result) => result.fold))].sort((a, b) => a - b);
  const text =
    `## ${settings.name}\n\n` +
    `${settings.unit === "pixel" ? `Pictures of ${settings.features.length} pixels` : `${settings.features.length} features`}, target ${settings.targets.join(" and ")}; fold${folds.length === 1 ? "" : "s"} ${folds.join(", ")}; ${acquisitions(settings)}; ` +
    `${trainingSteps(settings, [...new Set(results.map(({ model }) => model))])}, seed ${settings.seed}; the random order is the mean of ${settings.randomOrders}.\n\n` +
    `${areaTable(series, settings)}`;
  const compared = againstRandom(results);
  const verdicts = compared.map(
    ({ model, method, gain, better, folds: count }) =>
      `- ${model}, ${methodNames[method]}: the area of the ${settings.errorName} is ${withError(Math.abs(gain.mean), gain.standardError)} ${gain.mean > 0 ? "smaller" : "larger"} than with the random order; better in ${better} of ${count} fold${count === 1 ? "" : "s"}.\n`,
  );
  return `${text}${verdicts.length > 0 ? `\n${verdicts.join("")}` : ""}${claimTable(series, settings)}${firstFeatures(series, settings)}`;
}

/** What acquisitions were expected to tell beside what they told, as Markdown; empty where none says. */
export function claimTable(series: readonly SaiaSeries[], settings: SaiaSettings): string {
  const own = series.filter(({ claims }) => claims);
  if (own.length === 0) return "";
  const known = valuesKnown(settings).slice(1);
  const shown = known.map((_, step) => step).filter((step) => step < 6 || step === known.length - 1);
  const rows = own.flatMap(({ name, claims }) => {
    const { claimed, realised, standardError } = claims!;
    const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const error = Math.sqrt(standardError.reduce((sum, value) => sum + value * value, 0));
    return [[`${name}: expected`, ...shown.map((step) => withError(claimed[step])), withError(total(claimed))], ["told", ...shown.map((step) => withError(realised[step], standardError[step])), withError(total(realised), error)]];
  });
  return `\nWhat the value acquired in each step was expected to tell of the target, and by how much it raised log p(y), nats; ±: one standard error of their difference over rows.\n\n${markdownTable(["", ...shown.map((step) => `step ${known[step]}`), "all"], rows)}`;
}

/** How values come and how many draws decide on them. */
function acquisitions(settings: SaiaSettings): string {
  const { draws, unit = "value", atOnce = 1 } = settings;
  if (atOnce === 1) return `${draws} draws a row, drawn anew after each ${unit}`;
  const times = valuesKnown(settings).length - 1;
  return `${atOnce} ${unit}s at a time, ${times} time${times === 1 ? "" : "s"}, those with the highest rewards; ${draws} draws a row, drawn anew each time`;
}

/** How the models were trained: in one clause where all were trained alike. */
function trainingSteps({ schedule, unit }: SaiaSettings, models: readonly string[]): string {
  if (unit === "pixel") return `${schedule.viSteps} steps by the bound and ${schedule.hmcSteps} by HMC, without HMC all by the bound, of ${schedule.batch} pictures`;
  const stepsOf = (model: string, marginal = true): string => {
    const { marginalSteps, viSteps, hmcSteps, batch } = scheduleOf(presets[model], schedule);
    return `${marginal ? `${marginalSteps} marginal, ` : ""}${viSteps} ELBO and ${hmcSteps} HMC steps of ${batch} rows`;
  };
  const alike = new Set(models.map((model) => stepsOf(model))).size === 1;
  return alike ? stepsOf(models[0]) : models.map((model) => `${model}: ${stepsOf(model, presets[model].marginal)}`).join("; ");
}

/** Which features each method that does not guess wants first. */
function firstFeatures(series: readonly SaiaSeries[], { features }: SaiaSettings): string {
  const lines = series
    .filter(({ method }) => method !== "random")
    .map(({ name, position }) => {
      const order = features.map((_, d) => d).filter((d) => !Number.isNaN(position[d])).sort((a, b) => position[a] - position[b]);
      return `- ${name}: ${order.slice(0, 5).map((d) => `${features[d]} (${position[d].toFixed(1)})`).join(", ")}\n`;
    });
  return lines.length === 0 ? "" : `\nAcquired first (mean position):\n\n${lines.join("")}`;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
