import { codeTable, inferSchema, parseTable } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn, keyFromSeed, uniform } from "../../math/key.ts";
import { mean } from "../../math/statistics.ts";
import { fit, type Model, type ModelConfig, type Schedule } from "../../model/index.ts";
import { dataSetCsv, type Completed, type DataSet } from "./data-set.ts";

/** How a data set is completed. */
export interface ImputeDataSetOptions {
  config: ModelConfig;
  schedule: Schedule;
  completions: number;
  seed: number;
  /** Every completed table from a model of its own, trained on rows drawn with replacement. */
  bootstrap: boolean;
  signal?: AbortSignal;
  /** How far it is, 0 to 1. */
  onProgress?(part: number): void;
}

/** Tag of the key by which rows are drawn with replacement. */
const ofRows = 7;

/** How much of the draws each part of a model gives, 0 to 1. */
export interface Shares {
  latent: number;
  completion: number;
  gaussians: number;
}

/** Completed data sets as a user gets them: the table is read as CSV, its columns described, a model trained on it without target, completions drawn. */
export async function imputeDataSet(gpu: Gpu, data: DataSet, options: ImputeDataSetOptions): Promise<{ completed: Completed[]; shares: Shares }> {
  const { config, schedule, completions, seed, bootstrap, signal, onProgress } = options;
  const table = parseTable(new TextEncoder().encode(dataSetCsv(data)), { source: "data set" });
  const schema = inferSchema(table, { targets: [] });
  const holes = codeTable(table, schema, {});
  const models = bootstrap ? completions : 1;
  const completed: Completed[] = [];
  const shares: Shares[] = [];
  for (let own = 0; own < models; own++) {
    const u = uniform(foldIn(foldIn(keyFromSeed(seed), ofRows), own), data.rows);
    const training = bootstrap ? codeTable(table, schema, { rows: Array.from(u, (value) => Math.floor(value * data.rows)) }) : holes;
    const model = await fit(gpu, training, schema, { config, schedule, seed: seed * models + own, signal, onProgress: ({ step, steps }) => onProgress?.((own + step / steps) / models) });
    shares.push(await sharesOf(model));
    // as many draws as `impute` makes: rows are then answered a fixed number at a time, whose kernels are compiled once for all data sets
    const { cells, completed: values } = await model.impute(holes, { draws: 200, completions: completions / models, seed: seed * models + own, signal });
    for (const filled of values) {
      const one = { x: data.x.slice(), group: data.group.slice() };
      cells.forEach(({ row, column }, i) => {
        if (schema.columns[column].name === "x") one.x[row] = filled[i];
        else one.group[row] = Number(schema.columns[column].categories![filled[i]] === "b");
      });
      completed.push(one);
    }
  }
  const share = (part: keyof Shares): number => mean(shares.map((own) => own[part]));
  return { completed, shares: { latent: share("latent"), completion: share("completion"), gaussians: share("gaussians") } };
}

/** What the rows held back in training decided. */
async function sharesOf(model: Model): Promise<Shares> {
  const { chosen } = JSON.parse(new TextDecoder().decode((await model.files()).get("config.json"))) as { chosen?: { weight: number; gaussians?: { weight: number } } };
  const [completion, gaussians] = [chosen?.weight ?? 0, chosen?.gaussians?.weight ?? 0];
  return { latent: 1 - completion - gaussians, completion, gaussians };
}
