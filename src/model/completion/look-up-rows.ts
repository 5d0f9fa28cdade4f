import { permutation, type Key } from "../../math/key.ts";
import type { HostTable } from "../training/training-batch.ts";
import { combinedTable } from "./completion-stage.ts";
import { CompletionNetwork } from "./completion-network.ts";
import type { CompletionShape, LookUpRows } from "./shape.ts";

/** Distances of a training step at most, one for each pair of a batch's row and a row that is looked up, in each column: 64 MiB. */
const mostDistances = 2 ** 24;

/** The shape with the rows of a table that its networks look up, if they do: all of them, or so many as the configuration and memory allow, drawn evenly. */
export function withRows(shape: CompletionShape, table: HostTable, batch: number, key: Key): CompletionShape {
  const { config, columns } = shape;
  if (!config.lookUp) return shape;
  return { ...shape, rows: rowsToLookUp(table, Math.max(1, Math.min(config.lookUp, Math.floor(mostDistances / (batch * columns.length)))), key) };
}

/** All rows of a table, or `most` of them, drawn evenly. */
export function rowsToLookUp(table: HostTable, most: number, key: Key): LookUpRows {
  const { rows, x, observedX: observed, features: columns } = combinedTable(table);
  if (rows <= most) return { count: rows, x, observed, numbers: Float32Array.from({ length: rows }, (_, i) => i) };
  const numbers = Float32Array.from(permutation(key, rows).slice(0, most)).sort();
  const take = (values: Float32Array): Float32Array => Float32Array.from({ length: most * columns }, (_, i) => values[numbers[Math.floor(i / columns)] * columns + (i % columns)]);
  return { count: most, x: take(x), observed: take(observed), numbers };
}

/** A network that looks up other rows, those of a shape that is alike otherwise; where it looks up none, the network itself. */
export async function withParametersOf(network: CompletionNetwork, shape: CompletionShape): Promise<CompletionNetwork> {
  if (!shape.rows) return network;
  const own = new CompletionNetwork(network.gpu, shape);
  own.parameters.values.write(await network.parameters.values.read());
  return own;
}
