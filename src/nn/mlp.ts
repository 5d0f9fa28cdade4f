import { linear, relu, type Tape, type Tensor } from "../autodiff/index.ts";
import type { ParameterSpec, Parameters } from "./parameters.ts";

/** Parameters of an MLP `name`: `<name>/<layer>/kernel` [I, O] and `bias` [O]; with `groups`, that many independent MLPs side by side. */
export function mlpSpecs(name: string, sizes: readonly number[], groups?: number): ParameterSpec[] {
  const lead = groups === undefined ? [] : [groups];
  return sizes.slice(1).flatMap((size, layer) => {
    const bound = 1 / Math.sqrt(sizes[layer]);
    return [
      { name: `${name}/${layer}/kernel`, shape: [...lead, sizes[layer], size], low: -bound, high: bound },
      { name: `${name}/${layer}/bias`, shape: [...lead, size], low: -bound, high: bound },
    ];
  });
}

/** x through the MLP, with ReLU between layers and none after the last; from a later layer on, x is what the one before it gave. */
export function mlp(tape: Tape, parameters: Parameters, name: string, x: Tensor, from = 0): Tensor {
  let h = x;
  for (let layer = from; parameters.has(`${name}/${layer}/kernel`); layer++) {
    const out = linear(layer === 0 ? h : relu(h), tape.read(parameters.value(`${name}/${layer}/kernel`)), tape.read(parameters.value(`${name}/${layer}/bias`)));
    h = out;
  }
  return h;
}
