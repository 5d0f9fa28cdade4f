import { createHash } from "node:crypto";
import { basename } from "node:path";
import { codeImages, isContinuous, pixelNames, targetColumns, type Column, type ImageSet } from "../../data/index.ts";
import { scoredTargets } from "../../experiments/index.ts";
import { allByBound } from "../../model/index.ts";
import { pictureModel, suitingPixels, usualImageScale } from "../images/picture-model.ts";
import { loadSplit, type ImageExperiment } from "../jobs/image-run.ts";
import { UsageError } from "../usage-error.ts";
import { commandLine, type SaiaData, type SaiaOptions } from "./saia-data.ts";
import { refuseOptions, stepsOf } from "./table-data.ts";

/** Options that only tables have. */
const tableOptions = ["splits", "folds", "marginalSteps", "schema", "type", "missing", "delimiter"] as const satisfies readonly (keyof SaiaOptions)[];

/** Pixels that are acquired together and how often, unless told otherwise: the authors' ten, until much of what a digit shows is known. */
const usual = { atOnce: 10, steps: 20, testRows: 50, randomOrders: 1 } as const;

/** Pictures, some of them held back. A pixel comes with all its channels. Throws UsageError, TableError. */
export async function pictureData(options: SaiaOptions): Promise<SaiaData> {
  refuseOptions(options, tableOptions, "only for tables, and these are pictures");
  const { data, test: testPath, labels, testLabels, size, crop, grey, colour, arch, levels, rows, target, draws, seed } = options;
  const { scale = usualImageScale, testRows = usual.testRows, atOnce = usual.atOnce, steps = usual.steps, randomOrders = usual.randomOrders } = options;
  const images: ImageExperiment = {
    data, test: testPath, labels, testLabels, size, crop, grey, colour, arch, levels, rows, testRows, scale, mask: "random:0.5", draws, pixels: options.pixels,
    ...(target.length > 0 && { targets: target }),
  };
  const { training, test, schema } = await loadSplit(images);
  const targets = targetColumns(schema);
  if (targets.length === 0) throw new UsageError(`${basename(data)} has no labels, and pixels are acquired to predict them; name a file with --labels FILE.`);
  const pixels = options.pixels ?? suitingPixels(training);
  const { height, width, channels } = training;
  const area = height * width;
  const features = pixelNames({ height, width, channels: 1 });
  const modelOf = (preset: string): ReturnType<typeof pictureModel> => pictureModel(training, { ...images, preset, viSteps: options.viSteps, hmcSteps: options.hmcSteps, batch: options.batch });
  const { viSteps, hmcSteps, batch } = modelOf("HHVAE").schedule;
  const models = options.models ?? ["HHVAE", "VAE"];
  for (const model of models) {
    try {
      modelOf(model);
    } catch (cause) {
      if (cause instanceof UsageError) throw new UsageError(cause.message.replace(/^--preset/, "--models"));
      throw cause;
    }
  }
  return {
    identity: {
      version: 1,
      name: basename(data).replace(/[-.].*$/, ""),
      features,
      unit: "pixel",
      atOnce,
      steps: stepsOf(features, { atOnce, steps }),
      targets: targets.map((column) => column.name),
      errorName: isContinuous(targets[scoredTargets(targets)[0]].type) ? "RMSE" : "error rate",
      draws,
      seed,
      randomOrders,
      schedule: { marginalSteps: 0, viSteps, hmcSteps, batch },
      table: contentsHash([training, test], targets),
      splits: "",
      schema: createHash("sha256").update(JSON.stringify(schema)).digest("hex"),
      pictures: { pixels, arch: modelOf("HHVAE").config.image!.architecture, channels },
      command: commandLine([
        ["data", data], ["labels", labels], ["test", testPath], ["test-labels", testLabels], ["target", target.length > 0 ? target.join(",") : undefined],
        ["size", size], ["crop", crop], ["grey", grey], ["colour", colour], ["arch", arch], ["pixels", pixels], ["levels", levels], ["rows", rows], ["test-rows", testRows],
        ["at-once", atOnce], ["steps", steps], ["scale", scale], ["vi-steps", options.viSteps], ["hmc-steps", options.hmcSteps], ["batch", options.batch],
        ["draws", draws], ["random-orders", randomOrders], ["seed", seed], ["out", options.out],
      ]),
    },
    folds: [0],
    models,
    rows: "pictures",
    units: Array.from({ length: area }, (_, pixel) => Array.from({ length: channels }, (_, c) => c * area + pixel)),
    async training(_, model) {
      const { config, schedule } = modelOf(model);
      // all models take as many steps
      return { rows: training.count, table: () => codeImages(training, schema), schema, config, schedule: { ...schedule, ...allByBound(config, { viSteps, hmcSteps }) } };
    },
    test: (_, own) => codeImages(test, own),
  };
}

/** Hash of the pixels and of the labels that are predicted. */
function contentsHash(sets: readonly ImageSet[], targets: readonly Column[]): string {
  const hash = createHash("sha256");
  for (const { pixels, labels, count } of sets) {
    const columns = labels === undefined ? [] : targets.map(({ name }) => labels.columns.indexOf(name)).filter((column) => column >= 0);
    hash.update(pixels).update(JSON.stringify(columns.map((column) => Array.from({ length: count }, (_, row) => labels!.cell(row, column)))));
  }
  return hash.digest("hex");
}
