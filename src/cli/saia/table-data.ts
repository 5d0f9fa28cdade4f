import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { codeTable, isContinuous, parseSplits, targetColumns } from "../../data/index.ts";
import { scoredTargets, valuesKnown } from "../../experiments/index.ts";
import { presets, scheduleOf } from "../../model/index.ts";
import { parseFolds } from "../experiments/pieces.ts";
import { readInput } from "../inputs/files.ts";
import { featureNames, loadSchema, loadTable, testRows, trainingRows } from "../inputs/tables.ts";
import { UsageError } from "../usage-error.ts";
import { commandLine, type SaiaData, type SaiaOptions } from "./saia-data.ts";

/** Options that only pictures have. */
const pictureOptions = ["labels", "test", "testLabels", "size", "crop", "grey", "colour", "arch", "pixels", "levels", "rows", "testRows", "scale"] as const satisfies readonly (keyof SaiaOptions)[];

/** A table with its folds. Throws UsageError, TableError. */
export async function tableData(options: SaiaOptions): Promise<SaiaData> {
  refuseOptions(options, pictureOptions, "only for pictures, and this is a table");
  if (options.splits === undefined) throw new UsageError("--splits FILE is needed: it says which rows of the table are tested in which fold.");
  const { marginalSteps, viSteps, hmcSteps, batch } = options;
  // what is not given is each model's own
  const steps = defined({ marginalSteps, viSteps, hmcSteps, batch });
  const { draws, seed, atOnce = 1, randomOrders = 3 } = options;
  const table = await loadTable(options.data, options);
  // all models see the same columns
  const paperRule = { ...options, levelRule: "unordered" } as const;
  const schema = await loadSchema(table, options.data, options.target, paperRule);
  const targets = targetColumns(schema);
  if (targets.length === 0) throw new UsageError("--target COLUMN is needed: values are acquired to predict it.");
  const features = featureNames(schema);
  const splitsBytes = await readInput(options.splits);
  const splits = parseSplits(splitsBytes, features, table.rows, basename(options.splits));
  const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
  const stem = basename(options.data).replace(/\.(csv|parquet)(\.gz)?$/i, "");
  return {
    identity: {
      version: 1,
      // data.csv says nothing; its folder may
      name: stem === "data" ? basename(dirname(options.data)) : stem,
      features,
      atOnce,
      steps: stepsOf(features, options),
      targets: targets.map((column) => column.name),
      errorName: isContinuous(targets[scoredTargets(targets)[0]].type) ? "RMSE" : "error rate",
      draws,
      seed,
      randomOrders,
      schedule: steps,
      table: hash(table.content),
      splits: hash(splitsBytes),
      schema: hash(JSON.stringify([schema.columns.map(({ name, role, type }) => [name, role, type]), options.schema === undefined ? null : schema])),
      command: commandLine([
        ["data", options.data], ["target", options.target.join(",")], ["splits", options.splits], ["at-once", options.atOnce], ["steps", options.steps],
        ["marginal-steps", marginalSteps], ["vi-steps", viSteps], ["hmc-steps", hmcSteps], ["batch", batch], ["draws", draws], ["random-orders", randomOrders], ["seed", seed], ["out", options.out],
      ]),
    },
    folds: parseFolds(options.folds, [...new Set(splits.fold)].sort((a, b) => a - b)),
    models: options.models ?? ["HHVAEM", "VAEM"],
    rows: "rows",
    async training(fold, model) {
      const rows = trainingRows(splits, fold);
      const own = await loadSchema(table, options.data, options.target, paperRule, options.schema === undefined ? rows : undefined);
      return {
        rows: rows.length,
        table: () => codeTable(table, own, { rows, source: options.data }),
        schema: own,
        config: presets[model],
        schedule: scheduleOf(presets[model], steps),
      };
    },
    test: (fold, own) => codeTable(table, own, { rows: testRows(splits, fold), source: options.data }),
  };
}

/** How often values are acquired: as told, at most until all are. */
export function stepsOf(features: readonly string[], { atOnce, steps }: { atOnce?: number; steps?: number }): number {
  const all = valuesKnown({ features: [...features], atOnce }).length - 1;
  return Math.min(steps ?? all, all);
}

/** Throws UsageError if one of them is given. */
export function refuseOptions(options: SaiaOptions, names: readonly (keyof SaiaOptions)[], why: string): void {
  const wrong = names.filter((name) => options[name] !== undefined);
  const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (wrong.length > 0) throw new UsageError(`${wrong.map(flag).join(", ")}: ${why}; leave ${wrong.length > 1 ? "them" : "it"} out.`);
}

/** The options without those that are undefined. */
function defined<T extends object>(options: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [Name in keyof T]?: NonNullable<T[Name]> };
}
