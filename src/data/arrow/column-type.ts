import type { DataType } from "@uwdata/flechette";
import { numberToHalf } from "../../math/half.ts";
import type { CellType, Stored } from "../parquet/cell-type.ts";
import { text } from "../parquet/column-type.ts";
import { bigWhole, decimal, double, half, single, smallWhole, truth } from "../parquet/numbers.ts";
import { date, timeOfDay, timestamp, type TimeUnit } from "../parquet/times.ts";

type Values = { [i: number]: number | bigint };

/** How the cells of an Arrow column are read, shown and written. */
export interface ArrowType {
  cell: CellType;
  /** What flechette gives for a cell, as it is kept. */
  load(value: unknown): Stored;
  /** Puts a kept value among those of a buffer; texts and truth values have buffers of other kinds. */
  put?(values: Values, i: number, value: Stored): void;
}

/** Numbers by which Arrow calls types. */
export const typeIds = { dictionary: -1, null: 1, int: 2, float: 3, utf8: 5, bool: 6, decimal: 7, date: 8, time: 9, timestamp: 10, duration: 18, largeUtf8: 20, utf8View: 24 } as const;

const refused: Readonly<Record<number, string>> = {
  4: "raw bytes", 11: "intervals", 12: "lists", 13: "structs", 14: "values of varying types", 15: "raw bytes", 16: "lists", 17: "maps", 19: "raw bytes", 21: "lists", 22: "runs of values", 23: "raw bytes", 25: "lists", 26: "lists",
};

/** seconds, milliseconds, microseconds, nanoseconds */
const units: readonly TimeUnit[] = ["MILLIS", "MILLIS", "MICROS", "NANOS"];

const same = (value: unknown): Stored => value as Stored;
const put = (values: Values, i: number, value: Stored): void => {
  values[i] = value as number | bigint;
};

/** How a column of this type is read, or what it holds that no table can. */
export function arrowType(type: DataType): ArrowType | { refused: string } {
  const { typeId, bitWidth, signed, precision, scale, unit, timezone } = type as { typeId: number; bitWidth: number; signed: boolean; precision: number; scale: number; unit: number; timezone: string | null };
  switch (typeId) {
    case typeIds.dictionary:
      return arrowType((type as { dictionary: DataType }).dictionary);
    case typeIds.null:
    case typeIds.utf8:
    case typeIds.largeUtf8:
    case typeIds.utf8View:
      return { cell: text, load: same };
    case typeIds.bool:
      return { cell: truth, load: same };
    case typeIds.int:
      return { cell: bitWidth === 64 ? bigWhole(signed) : smallWhole(bitWidth, signed), load: same, put };
    case typeIds.duration:
      return { cell: bigWhole(true), load: same, put };
    case typeIds.float:
      if (precision === 0) return { cell: half, load: same, put: (values, i, value) => put(values, i, numberToHalf(value as number)) };
      return { cell: precision === 1 ? single : double, load: same, put };
    case typeIds.decimal:
      return { cell: decimal(scale, precision, (unscaled) => unscaled), load: (value) => BigInt(value as number | bigint), put: (values, i, value) => putDecimal(values, i, value as bigint, bitWidth) };
    case typeIds.date:
      // days; flechette gives milliseconds
      if (unit === 0) return { cell: date, load: (millis) => (millis as number) / 86_400_000, put };
      return { cell: timestamp("MILLIS", false), load: (millis) => BigInt(millis as number), put };
    case typeIds.time: {
      const cell = timeOfDay(units[unit]);
      return unit === 0 ? { cell, load: (seconds) => (seconds as number) * 1000, put: (values, i, value) => put(values, i, (value as number) / 1000) } : { cell, load: same, put };
    }
    case typeIds.timestamp: {
      const cell = timestamp(units[unit], timezone !== null && timezone !== undefined && timezone !== "");
      return unit === 0 ? { cell, load: (seconds) => (seconds as bigint) * 1000n, put: (values, i, value) => put(values, i, (value as bigint) / 1000n) } : { cell, load: same, put };
    }
    default:
      return { refused: refused[typeId] ?? "values of an unknown type" };
  }
}

/** A two's complement number in words of 64 bits, the least significant first. */
function putDecimal(values: Values, i: number, value: bigint, bitWidth: number): void {
  if (bitWidth === 32) values[i] = Number(value);
  else for (let word = 0; word < bitWidth / 64; word++) values[(i * bitWidth) / 64 + word] = BigInt.asUintN(64, value >> BigInt(64 * word));
}
