import type { LogicalType, SchemaElement, SchemaTree } from "hyparquet";
import { cellType, type CellType } from "./cell-type.ts";
import { bigWhole, bytesOf, decimal, double, half, single, smallWhole, toBigEndian, truth } from "./numbers.ts";
import { date, timeOfDay, timestamp, type TimeUnit } from "./times.ts";

/** Bytes where texts were expected. */
export class NotText extends Error {}

/** How a column's cells are read, or what it holds that no table can. */
export function columnType({ element, children }: SchemaTree): CellType | { refused: string } {
  if (element.repetition_type === "REPEATED") return { refused: "lists" };
  if (children.length > 0 || element.num_children !== undefined) return { refused: nested(element) };
  const logical = element.logical_type ?? fromConverted(element);
  const { type } = element;
  if (logical?.type === "DECIMAL") return decimalOf(logical, element) ?? { refused: "decimal numbers in a form that does not exist" };
  switch (type) {
    case "BOOLEAN":
      return truth;
    case "INT32":
    case "INT64":
      return wholeOrTime(logical, type);
    case "INT96":
      return nanosInTwelveBytes;
    case "FLOAT":
      return single;
    case "DOUBLE":
      return double;
    case "BYTE_ARRAY":
      return logical && foreignBytes[logical.type] ? { refused: foreignBytes[logical.type]! } : text;
    case "FIXED_LEN_BYTE_ARRAY":
      if (logical?.type === "UUID" && element.type_length === 16) return uuid;
      if (logical?.type === "FLOAT16" && element.type_length === 2) return half;
      return { refused: (logical && foreignBytes[logical.type]) ?? "raw bytes" };
    default:
      return { refused: "values of an unknown type" };
  }
}

const foreignBytes: { [type in LogicalType["type"]]?: string } = {
  INTERVAL: "intervals", BSON: "BSON documents", VARIANT: "values of varying types", GEOMETRY: "geometries", GEOGRAPHY: "geographies",
};

function nested({ converted_type: converted, logical_type: logical }: SchemaElement): string {
  if (converted === "LIST" || logical?.type === "LIST") return "lists";
  if (converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP") return "maps";
  return logical?.type === "VARIANT" ? "values of varying types" : "structs";
}

/** The logical type that an older file says by its converted type. */
function fromConverted({ converted_type: converted, scale = 0, precision = 0 }: SchemaElement): LogicalType | undefined {
  const [, kind, unit] = /^(TIME|TIMESTAMP)_(MILLIS|MICROS)$/.exec(converted ?? "") ?? [];
  if (kind) return { type: kind as "TIME", isAdjustedToUTC: true, unit: unit as TimeUnit };
  const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted ?? "") ?? [];
  if (bits) return { type: "INTEGER", bitWidth: Number(bits), isSigned: unsigned === "" };
  if (converted === "DECIMAL") return { type: "DECIMAL", scale, precision };
  if (converted === "DATE" || converted === "BSON" || converted === "INTERVAL") return { type: converted };
  return undefined;
}

function wholeOrTime(logical: LogicalType | undefined, type: "INT32" | "INT64"): CellType {
  if (logical?.type === "DATE" && type === "INT32") return date;
  if (logical?.type === "TIMESTAMP" && type === "INT64") return timestamp(logical.unit, logical.isAdjustedToUTC);
  if (logical?.type === "TIME" && (type === "INT32") === (logical.unit === "MILLIS")) return timeOfDay(logical.unit);
  const { bitWidth, isSigned } = logical?.type === "INTEGER" ? logical : { bitWidth: 64, isSigned: true };
  return type === "INT64" ? bigWhole(isSigned) : smallWhole(Math.min(32, bitWidth), isSigned);
}

function decimalOf({ scale, precision }: { scale: number; precision: number }, { type, type_length: length }: SchemaElement): CellType | undefined {
  if (!(scale >= 0 && scale <= precision && precision >= 1 && precision <= 1000)) return undefined;
  if (type === "INT32") return decimal(scale, Math.min(precision, 9), Number);
  if (type === "INT64") return decimal(scale, Math.min(precision, 18), (unscaled) => unscaled);
  if (type === "BYTE_ARRAY") return decimal(scale, precision, (unscaled) => toBigEndian(unscaled, bytesOf(unscaled)));
  if (type === "FIXED_LEN_BYTE_ARRAY" && length) return decimal(scale, precision, (unscaled) => toBigEndian(unscaled, length));
  return undefined;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const text: CellType = cellType<string, string | Uint8Array>({
  name: "texts",
  load: (bytes) => {
    try {
      return decoder.decode(bytes as Uint8Array);
    } catch {
      throw new NotText();
    }
  },
  parse: (cell) => cell,
});

/** INT96: a Julian day above the nanoseconds of the day. It is out of use and never written; nanoseconds since 1970 take its place. */
const nanosInTwelveBytes: CellType = {
  ...timestamp("NANOS", false),
  load: (value) => ((value as bigint) >> 64n) * 86_400_000_000_000n - 2_440_588n * 86_400_000_000_000n + BigInt.asUintN(64, value as bigint),
};

const uuid: CellType = cellType<string, Uint8Array>({
  name: "UUIDs",
  ordered: false,
  load: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  store: (value) => Uint8Array.from(value.replaceAll("-", "").match(/../g)!, (pair) => Number.parseInt(pair, 16)),
  parse: (cell) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(cell) ? cell.toLowerCase() : undefined),
});
