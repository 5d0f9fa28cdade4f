import { codedAtoms, type CodedAtom } from "./atoms.ts";
import { codeValue, decodeValue } from "./decode.ts";
import { isContinuous, isWhole, type Column, type Bins } from "../schema/column.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "./code-table.ts";
import { withCoded } from "./with-coded.ts";

/** Bins of an output and pieces of an input's encoding at most. */
const [mostBins, mostPieces] = [24, 64];
/** Bins at least beside an atom, where values differ. */
const leastBins = 6;

/** The schema with bins and knots of every continuous feature and target, from the coded training rows. */
export function withQuantiles(schema: Schema, table: Table): Schema {
  return withCoded(schema, table, (column, values) => {
    if (!isContinuous(column.type)) return column;
    const sorted = Float64Array.from(values).sort();
    return { ...column, knots: quantileEdges(sorted, mostPieces), bins: binsOf(sorted, column) };
  });
}

/** Different quantiles 0, 1/n, ..., 1 of sorted values; the different values themselves where there are at most n + 1. */
export function quantileEdges(sorted: Float64Array, n: number): number[] {
  const different = Array.from(sorted).filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (different.length <= n + 1) return different;
  const edges = Array.from({ length: n + 1 }, (_, i) => {
    const at = (i / n) * (sorted.length - 1);
    const below = Math.floor(at);
    return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  });
  return edges.filter((value, i) => i === 0 || value > edges[i - 1]);
}

function binsOf(sorted: Float64Array, column: Column): Bins {
  const different = Array.from(sorted).filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (different.length === 0) return { low: [-1], high: [1], mean: [0], units: [decodeValue(column, 0)], atoms: true };
  if (different.length <= mostBins) {
    const edges = cells(different);
    return binsBetween(sorted, column, isWhole(column.type) ? betweenWholeNumbers(column, edges) : edges, true);
  }
  const atoms = isWhole(column.type) ? [] : codedAtoms(column);
  if (atoms.length > 0) return binsAround(atoms, sorted, column);
  const edges = quantileEdges(sorted, mostBins);
  return binsBetween(sorted, column, isWhole(column.type) ? betweenWholeNumbers(column, edges) : edges, false);
}

/** Bins between ascending edges. */
function binsBetween(sorted: Float64Array, column: Column, edges: readonly number[], atoms: boolean): Bins {
  const count = edges.length - 1;
  // units: of the distances from the first value, which a sum of large values would lose
  const sums = Array.from({ length: count }, () => ({ n: 0, coded: 0, first: 0, units: 0 }));
  let b = 0;
  for (const value of sorted) {
    while (b < count - 1 && value >= edges[b + 1]) b++;
    const units = decodeValue(column, value);
    if (sums[b].n++ === 0) sums[b].first = units;
    sums[b].coded += value;
    sums[b].units += units - sums[b].first;
  }
  const middle = (i: number): number => (edges[i] + edges[i + 1]) / 2;
  return {
    low: edges.slice(0, -1),
    high: edges.slice(1),
    mean: sums.map(({ n, coded }, i) => (n > 0 ? coded / n : middle(i))),
    units: sums.map(({ n, first, units }, i) => (n > 0 ? first + units / n : decodeValue(column, middle(i)))),
    atoms,
  };
}

/** A bin for each atom, and between atoms as many by quantiles as go with the share of the values there. */
function binsAround(atoms: readonly CodedAtom[], sorted: Float64Array, column: Column): Bins {
  /** Where each bin ends, and of an atom's its value in original units. */
  const bins: { high: number; units?: number }[] = [];
  let first: number | undefined;
  const between = (low: number, high: number): void => {
    const own = sorted.filter((value) => value >= low && value < high);
    if (own.length === 0) return;
    const inner = quantileEdges(own, Math.max(leastBins, Math.round((mostBins * own.length) / sorted.length)));
    // one value alone has no width of its own
    const edges = inner.length < 2 ? [own[0] - 0.01, own[0] + 0.01] : inner;
    first ??= edges[0];
    // up to the atoms on either side
    bins.push(...[...edges.slice(1, -1), high === Infinity ? edges[edges.length - 1] : high].map((edge) => ({ high: edge })));
  };
  let from = -Infinity;
  for (const { low, high, units } of atoms) {
    between(from, low);
    first ??= low;
    bins.push({ high, units });
    from = high;
  }
  between(from, Infinity);
  const { units, ...found } = binsBetween(sorted, column, [first!, ...bins.map(({ high }) => high)], false);
  return { ...found, units: bins.map((bin, i) => bin.units ?? units[i]), atoms: bins.map((bin) => bin.units !== undefined) };
}

/** The borders moved to where no whole number stands: to k - 1/2 beneath the number k that they lie on or under, the last one to k + 1/2. */
function betweenWholeNumbers(column: Column, edges: readonly number[]): number[] {
  const units = edges.map((edge) => Math.expm1(column.mean! + column.std! * edge));
  const whole = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-5 * Math.max(1, value) ? Math.round(value) : value);
  const halves = units.map((value, i) => (i === units.length - 1 ? Math.floor(whole(value)) + 0.5 : Math.max(0, Math.ceil(whole(value))) - 0.5));
  return halves.filter((half, i) => i === 0 || half > halves[i - 1]).map((half) => codeValue(column, half));
}

/** Borders half-way between values; the outer cells are symmetric. */
function cells(values: readonly number[]): number[] {
  if (values.length === 1) return [values[0] - 0.5, values[0] + 0.5];
  const inner = values.slice(1).map((value, i) => (values[i] + value) / 2);
  return [2 * values[0] - inner[0], ...inner, 2 * values[values.length - 1] - inner[inner.length - 1]];
}
