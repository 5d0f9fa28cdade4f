import type { Row } from "./benchmark.ts";
import { cudaGraph } from "./competitors/torch.ts";
import type { Measured } from "./measure.ts";

/** One line of a comparison: everybody's median, then how many times longer than the first each takes; of a CUDA graph, the goal on a GPU, how many times longer the first takes. */
export function compare(labels: Row, measured: readonly Measured[]): Row {
  const [ours, ...others] = measured;
  const row: Row = { ...labels };
  for (const { name, ms } of measured) row[`${name}, ms`] = ms;
  for (const { name, ms } of others) {
    if (name === cudaGraph.label) row[`${ours.name} / ${name}`] = ours.ms / ms;
    else row[`${name} / ${ours.name}`] = ms / ours.ms;
  }
  return row;
}

/** The median over rows of a column, for a note below the table; undefined if the column is nowhere. */
export function columnSummary(rows: readonly Row[], column: string): { least: number; median: number } | undefined {
  const values = rows.map((row) => row[column]).filter((value) => typeof value === "number").sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  return { least: values[0], median: values[values.length >> 1] };
}
