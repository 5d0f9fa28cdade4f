import type { Column, DataType } from "@uwdata/flechette";
import { readNumber } from "../coding/number.ts";
import type { Stored } from "../parquet/cell-type.ts";
import { text as textCell } from "../parquet/column-type.ts";
import { double } from "../parquet/numbers.ts";
import type { Buffers } from "./buffers.ts";
import { typeIds, type ArrowType } from "./column-type.ts";
import { addedTexts, filledTexts, filledViews } from "./text-buffers.ts";

/** A column with some cells filled in, each batch in new buffers of the same type. `refuse` is told a text that the type cannot hold. */
export function filledColumn(column: Column<unknown>, own: ArrowType, cells: readonly (string | undefined)[], refuse: (text: string) => void): Column<unknown> {
  // a column that was never given a type takes that of what is filled in
  const untyped = (column.type as { typeId: number }).typeId === typeIds.null;
  const numbers = untyped && cells.every((cell) => cell === undefined || readNumber(cell) !== undefined);
  const type = untyped ? ((numbers ? { typeId: typeIds.float, precision: 2, values: Float64Array } : { typeId: typeIds.utf8, offsets: Int32Array }) as unknown as DataType) : column.type;
  const cellType = untyped ? (numbers ? double : textCell) : own.cell;
  const fills = cells.map((cell): Stored | undefined => {
    if (cell === undefined) return undefined;
    const value = cellType.parse(cell);
    if (value === undefined) refuse(cell);
    return value;
  });
  const dictionary = (column.data[0] as Buffers | undefined)?.dictionary;
  const put: NonNullable<ArrowType["put"]> = own.put ?? ((values, i, value) => (values[i] = value as number));
  let from = 0;
  const words = dictionary && new Words(dictionary, own, refuse);
  const data = column.data.map((batch): Buffers => {
    const part = fills.slice(from, from + batch.length);
    from += batch.length;
    return words ? words.filled(batch as Buffers, part) : filledBatch(batch as Buffers, type, part, put);
  });
  const grown = words?.column();
  if (grown) for (const batch of data) batch.dictionary = grown;
  return { type, data, length: column.length } as unknown as Column<unknown>;
}

function filledBatch(batch: Buffers, type: DataType, fills: readonly (Stored | undefined)[], put: NonNullable<ArrowType["put"]>): Buffers {
  const { typeId } = type as { typeId: number };
  const base = { ...batchFields(batch), type, ...validityOf(batch, fills) };
  switch (typeId) {
    case typeIds.utf8:
    case typeIds.largeUtf8:
      return { ...base, ...filledTexts(batch, fills as readonly (string | undefined)[], typeId === typeIds.largeUtf8) };
    case typeIds.utf8View:
      return { ...base, ...filledViews(batch, fills as readonly (string | undefined)[]) };
    case typeIds.bool: {
      const values = Uint8Array.from({ length: Math.ceil(batch.length / 8) }, (_, i) => (batch.values as Uint8Array)[i]);
      fills.forEach((value, i) => {
        if (value !== undefined) setBit(values, i, value === true);
      });
      return { ...base, values };
    }
    default: {
      const values = batch.values === undefined ? new Float64Array(batch.length) : batch.values.slice();
      fills.forEach((value, i) => {
        if (value !== undefined) put(values as { [i: number]: number | bigint }, i, value);
      });
      return { ...base, values };
    }
  }
}

/** A dictionary's words, to which further ones may be added. */
class Words {
  private readonly keys = new Map<string, number>();
  private readonly added: string[] = [];

  constructor(
    private readonly dictionary: Column<unknown>,
    private readonly own: ArrowType,
    private readonly refuse: (text: string) => void,
  ) {
    for (let i = 0; i < dictionary.length; i++) {
      const value: unknown = dictionary.at(i);
      if (value !== null) this.keys.set(own.cell.text(own.load(value)), i);
    }
  }

  filled(batch: Buffers, fills: readonly (Stored | undefined)[]): Buffers {
    const values = (batch.values as Int32Array).slice();
    fills.forEach((value, i) => {
      if (value === undefined) return;
      const key = this.keyOf(this.own.cell.text(value));
      values[i] = key;
      if (Number(values[i]) !== key) this.refuse(this.own.cell.text(value));
    });
    return { ...batchFields(batch), ...validityOf(batch, fills), values, dictionary: this.dictionary };
  }

  /** The dictionary with the words that were added; undefined: there are none. */
  column(): Column<unknown> | undefined {
    if (this.added.length === 0) return undefined;
    const last = this.dictionary.data.length - 1;
    const data = this.dictionary.data.map((batch, i) => (i === last ? addedTexts(batch as Buffers, this.added) : batch));
    return { type: this.dictionary.type, data, length: this.dictionary.length + this.added.length } as unknown as Column<unknown>;
  }

  private keyOf(text: string): number {
    let key = this.keys.get(text);
    if (key === undefined) {
      if ((this.dictionary.type as { typeId: number }).typeId !== typeIds.utf8) this.refuse(text);
      key = this.keys.size;
      this.keys.set(text, key);
      this.added.push(text);
    }
    return key;
  }
}

function batchFields({ length, nullCount, type, validity, values, offsets, dictionary, data }: Buffers): Buffers {
  return { length, nullCount, type, validity, values, offsets, dictionary, data };
}

/** Which cells have a value, once some are filled. */
function validityOf({ length, nullCount, validity, type }: Buffers, fills: readonly (Stored | undefined)[]): { validity: Uint8Array; nullCount: number } {
  const none = (type as { typeId: number }).typeId === typeIds.null;
  const all = !none && (nullCount === 0 || validity === undefined || validity.length === 0);
  if (all) return { validity: new Uint8Array(0), nullCount: 0 };
  const bits = Uint8Array.from({ length: Math.ceil(length / 8) }, (_, i) => (none ? 0 : validity![i]));
  fills.forEach((value, i) => {
    if (value !== undefined) setBit(bits, i, true);
  });
  let missing = 0;
  for (let i = 0; i < length; i++) if (((bits[i >> 3] >> (i % 8)) & 1) === 0) missing++;
  return { validity: bits, nullCount: missing };
}

function setBit(bits: Uint8Array, i: number, value: boolean): void {
  if (value) bits[i >> 3] |= 1 << (i % 8);
  else bits[i >> 3] &= ~(1 << (i % 8));
}
