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

/** Rows with holes that are answered together are a multiple of this. */
const rowsAtOnce = 64;
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
  // a row more or less with holes would have all kernels of the draws compiled anew: copies of the last one make their number a round one
  const incomplete = Array.from({ length: data.rows }, (_, r) => r).filter((r) => !data.knownX[r] || !data.knownGroup[r]);
  const copies = Array<number>((rowsAtOnce - (incomplete.length % rowsAtOnce)) % rowsAtOnce).fill(incomplete.at(-1) ?? 0);
  const asked = codeTable(table, schema, { rows: [...Array(data.rows).keys(), ...copies] });
  const models = bootstrap ? completions : 1;
  const completed: Completed[] = [];
  const shares: Shares[] = [];
  for (let own = 0; own < models; own++) {
    const u = uniform(foldIn(foldIn(keyFromSeed(seed), ofRows), own), data.rows);
    const training = bootstrap ? codeTable(table, schema, { rows: Array.from(u, (value) => Math.floor(value * data.rows)) }) : codeTable(table, schema, {});
    const model = await fit(gpu, training, schema, { config, schedule, seed: seed * models + own, signal, onProgress: ({ step, steps }) => onProgress?.((own + step / steps) / models) });
    shares.push(await sharesOf(model));
    const { cells, completed: values } = await model.impute(asked, { draws: 1, completions: completions / models, seed: seed * models + own, signal });
    for (const filled of values) {
      const one = { x: data.x.slice(), group: data.group.slice() };
      cells.forEach(({ row, column }, i) => {
        if (row >= data.rows) return;
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
