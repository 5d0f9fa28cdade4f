import type { MixedColumn } from "../../likelihood/mixed.ts";
import type { HostTable } from "../training/training-batch.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { combinedTable } from "./completion-stage.ts";
import { completionParams, outputNames, type CompletionShape } from "./shape.ts";

/**
 * The logits of what the training rows have in each column, whatever else is known: log(1 + n_k) of levels and bins, their difference for a binary column. A temperature
 * draws predictions there and not to even odds, by which a value that most rows have would be drawn too seldom. 0 for bins by quantiles, which are equally frequent. [C, params]
 */
export function marginalLogits(shape: CompletionShape, table: HostTable): Float32Array {
  const { columns } = shape;
  const params = completionParams(shape);
  const { rows, x, observedX } = combinedTable(table);
  const logits = new Float32Array(columns.length * params);
  columns.forEach((column, j) => {
    const own = counter(column);
    if (!own) return;
    const counts = new Float64Array(own.cells).fill(1);
    for (let row = 0; row < rows; row++) if (observedX[row * columns.length + j] === 1) counts[own.cellOf(x[row * columns.length + j])]++;
    if (column.kind === "bernoulli") logits[j * params] = Math.log(counts[1] / counts[0]);
    else counts.forEach((count, k) => (logits[j * params + k] = Math.log(count)));
  });
  return logits;
}

/** Which of a column's levels or bins a coded value is in; undefined where all bins are equally frequent. */
function counter({ kind, levels, bins }: MixedColumn): { cells: number; cellOf(x: number): number } | undefined {
  if (!bins) return { cells: kind === "bernoulli" ? 2 : levels, cellOf: (x) => x };
  if (bins.atoms === false && kind === "binned") return undefined;
  const { high } = bins;
  return {
    cells: high.length,
    cellOf: (x) => {
      const b = high.findIndex((border) => x < border);
      return b < 0 ? high.length - 1 : b;
    },
  };
}

/** logits <- c + (logits - c) / T, c those of the training rows, in the weights of the last layer. */
export async function coolLogits({ parameters, shape }: CompletionNetwork, temperature: number, centre: Float32Array): Promise<void> {
  for (const name of outputNames(shape)) {
    const value = parameters.value(name);
    const isBias = name.endsWith("bias");
    value.write((await value.read()).map((weight, i) => weight / temperature + (isBias ? (1 - 1 / temperature) * centre[i] : 0)));
  }
}
