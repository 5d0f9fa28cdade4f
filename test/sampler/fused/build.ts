import { deviceTensor, type DeviceTensor } from "../../../src/autodiff/index.ts";
import type { Gpu } from "../../../src/gpu/device.ts";
import type { FusedRows } from "../../../src/sampler/fused/fused-chain.ts";
import type { FusedColumn, FusedSpec, MlpWeights } from "../../../src/sampler/fused/spec.ts";
import type { Draws, HostColumn, HostMlp, HostModel, HostRow } from "./host-density.ts";

export interface Configuration {
  latents: number[];
  hidden: number;
  features: number;
  targets?: HostColumn[];
  completion?: HostColumn[];
  columns?: HostColumn[];
}

/** A random model of the configuration. */
export function randomModel(draws: Draws, { latents, hidden, features, targets, completion, columns }: Configuration): HostModel {
  const params = Math.max(1, ...(targets ?? []).map(({ levels }) => levels));
  const most = Math.max(1, ...(completion ?? []).map(({ levels }) => levels));
  return {
    latents,
    hidden,
    features,
    variance: 0.1,
    generative: latents.slice(1).map((size, l) => draws.mlp(size, hidden, 2 * latents[l])),
    decoder: draws.mlp(latents[0], hidden, features * Math.max(1, ...(columns ?? []).map(({ levels }) => levels))),
    columns,
    predictor: targets && {
      mlp: draws.mlp(latents[0] + 2 * features, hidden, targets.length * params),
      targets,
      completion: completion && { mlps: completion.map(() => draws.mlp(1, 8, most)), columns: completion, hidden: 8 },
    },
  };
}

export function randomRows(draws: Draws, model: HostModel, count: number): HostRow[] {
  const targets = model.predictor?.targets;
  const value = ({ kind, levels }: HostColumn): number => (kind === "gaussian" ? draws.normal() : Math.floor(Math.abs(draws.normal() * 7)) % Math.max(2, levels));
  return Array.from({ length: count }, (_, b) => ({
    z: model.columns?.map(value) ?? draws.many(model.features),
    // one row with nothing observed
    observed: Array.from({ length: model.features }, () => (b === 1 ? 0 : draws.bit(0.6))),
    ...(targets && {
      x: draws.many(model.features),
      y: targets.map(value),
      observedY: targets.map(() => (b === 1 ? 0 : draws.bit(0.7))),
    }),
  }));
}

/** The model's weights and the rows on the device. */
export function upload(gpu: Gpu, model: HostModel): FusedSpec {
  const weights = ({ kernel0, bias0, kernel1, bias1 }: HostMlp): MlpWeights => ({
    input: { kernel: tensor(gpu, kernel0.flat()), bias: tensor(gpu, bias0) },
    output: { kernel: tensor(gpu, kernel1.flat()), bias: tensor(gpu, bias1) },
  });
  const fused = (columns: HostColumn[]): FusedColumn[] => columns.map(({ kind, levels }) => ({ kind, entries: levels }));
  const { predictor } = model;
  const completion = predictor?.completion;
  return {
    latents: model.latents,
    hidden: model.hidden,
    features: model.features,
    columns: model.columns && fused(model.columns),
    variance: model.variance,
    generative: model.generative.map(weights),
    decoder: weights(model.decoder),
    predictor: predictor && {
      weights: weights(predictor.mlp),
      targets: fused(predictor.targets),
      completion: completion && {
        hidden: completion.hidden,
        columns: fused(completion.columns),
        weights: {
          input: { kernel: tensor(gpu, completion.mlps.flatMap((mlp) => mlp.kernel0.flat())), bias: tensor(gpu, completion.mlps.flatMap((mlp) => mlp.bias0)) },
          output: { kernel: tensor(gpu, completion.mlps.flatMap((mlp) => mlp.kernel1.flat())), bias: tensor(gpu, completion.mlps.flatMap((mlp) => mlp.bias1)) },
        },
      },
    },
  };
}

export function uploadRows(gpu: Gpu, rows: HostRow[]): FusedRows {
  const field = (name: keyof HostRow): DeviceTensor | undefined => (rows[0][name] ? tensor(gpu, rows.flatMap((row) => row[name]!)) : undefined);
  return { z: field("z")!, observed: field("observed")!, x: field("x"), y: field("y"), observedY: field("observedY") };
}

export function tensor(gpu: Gpu, values: ArrayLike<number>): DeviceTensor {
  return deviceTensor(gpu, [values.length], values);
}
