import { columnsOf, fusedKinds, takenOutputs, type FusedColumn, type FusedKind, type FusedSpec } from "./spec.ts";
import { passes, roundUp } from "./weight-layout.ts";

/** Numbers of a column at the head of the table: `Column` of shaders/lib/fused-columns.wgsl, one to spare. */
export const columnWidth = 8;

/** The features, or the targets. */
export interface ColumnGroup {
  readonly columns: readonly FusedColumn[];
  /** Whether their parameters are kept in theta, from the entry `first` on; else they are in registers: a few Gaussians of one variance. */
  readonly stored: boolean;
  readonly first: number;
  /** The group's first column in the table, where columns go by kind. */
  readonly start: number;
  /** The columns of each kind that the group has, as places in the table. */
  readonly kinds: readonly { readonly kind: FusedKind; readonly from: number; readonly to: number }[];
}

/** What of a row's columns the kernel keeps where. */
export interface ColumnTable {
  readonly features: ColumnGroup;
  readonly targets: ColumnGroup;
  /** Entries of theta: of the features, of the targets, and from `scratch` on of one column that is completed. */
  readonly entries: number;
  readonly scratch: number;
  /** The table at the head of the rows, padded to whole bindings. */
  readonly numbers: Float32Array;
}

/** The table of a density's columns. */
export function columnTable(spec: FusedSpec): ColumnTable {
  const groups = [columnsOf(spec), spec.predictor?.targets ?? []];
  const head = columnWidth * groups.reduce((total, columns) => total + columns.length, 0);
  const descriptors: number[] = [];
  const others: number[] = [];
  let entries = 0;
  let start = 0;
  const [features, targets] = groups.map((columns): ColumnGroup => {
    const outputs = takenOutputs(columns).length;
    const stored = !(passes(outputs) === 1 && columns.every(({ kind }) => kind === "gaussian"));
    const group = { columns, stored, first: entries, start, kinds: kindsOf(columns, start) };
    const firsts = firstEntries(columns, entries);
    for (const d of byKind(columns)) {
      const { kind, entries: own, range: [low, high] = [0, 0] } = columns[d];
      descriptors.push(firsts[d], own, d, fusedKinds.indexOf(kind), low, high, head + others.length, 0);
      others.push(...numbersOf(columns[d]));
    }
    start += columns.length;
    // what the last block has too many is stored too
    if (stored) entries += outputs + passes(outputs);
    return group;
  });
  const completed = (spec.predictor?.completion?.columns ?? []).filter(({ kind }) => kind === "ordinal");
  const numbers = new Float32Array(roundUp(head + others.length, 64));
  numbers.set([...descriptors, ...others]);
  return { features, targets, scratch: entries, entries: entries + Math.max(0, ...completed.map((column) => column.entries)), numbers };
}

/** The first entry of each column, the columns' side by side. */
function firstEntries(columns: readonly FusedColumn[], first: number): number[] {
  let next = first;
  return columns.map(({ entries }) => (next += entries) - entries);
}

/** The columns' indices, kind after kind. */
function byKind(columns: readonly FusedColumn[]): number[] {
  return fusedKinds.flatMap((kind) => columns.flatMap((column, d) => (column.kind === kind ? [d] : [])));
}

function kindsOf(columns: readonly FusedColumn[], start: number): ColumnGroup["kinds"] {
  let next = start;
  return fusedKinds
    .map((kind) => ({ kind, from: next, to: (next += columns.filter((column) => column.kind === kind).length) }))
    .filter(({ from, to }) => to > from);
}

/** What a column's kind needs besides, in the order that shaders/lib/fused-evidence.wgsl reads. */
function numbersOf({ bins, atoms, whole }: FusedColumn): number[] {
  const count = whole ? [whole.mean, whole.std, whole.mostLog] : [0, 1, 0];
  if (bins) return [bins.tailShare, bins.tailDeviation, Number(whole !== undefined), ...count, ...bins.mean, ...bins.low, ...bins.high, ...bins.logWidth];
  if (atoms) return [atoms.distance, ...atoms.value, ...atoms.logWidth];
  return whole ? count : [];
}
