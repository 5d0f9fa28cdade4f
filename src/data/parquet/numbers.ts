import { halfToNumber, numberToHalf } from "../../math/half.ts";
import { readNumber } from "../coding/number.ts";
import { cellType, type CellType } from "./cell-type.ts";

/** true and false. */
export const truth: CellType = cellType<boolean, boolean>({
  name: "true and false",
  parse: (text) => ({ true: true, "1": true, false: false, "0": false })[text.trim().toLowerCase()],
});

/** Whole numbers of up to 32 bits; others are rounded and kept inside the range. */
export function smallWhole(bits: number, signed: boolean): CellType {
  const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return cellType<number, number>({
    name: `whole numbers of ${bits} bits`,
    ordered: signed,
    load: (value) => (signed ? value : value >>> 0),
    store: (value) => value | 0,
    parse: (text) => {
      const value = readNumber(text);
      // + 0: no -0
      return value === undefined ? undefined : Math.min(most, Math.max(least, Math.round(value))) + 0;
    },
  });
}

/** Whole numbers of 64 bits. */
export function bigWhole(signed: boolean): CellType {
  const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return cellType<bigint, bigint>({
    name: "whole numbers of 64 bits",
    ordered: signed,
    load: (value) => (signed ? value : BigInt.asUintN(64, value)),
    store: (value) => BigInt.asIntN(64, value),
    parse: (text) => {
      const value = wholeFrom(text, 0);
      return value === undefined ? undefined : value < least ? least : value > most ? most : value;
    },
  });
}

/** Numbers of 64 bits: the device works in 32, but what it leaves alone may be larger. */
export const double: CellType = cellType<number, number>({
  name: "numbers",
  parse: (text) => readNumber(text) ?? (/^\s*[+-]?[\d.]+(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined),
});

export const single: CellType = cellType<number, number>({
  name: "numbers in float32",
  text: (value) => shortest(value, 9, Math.fround),
  parse: (text) => {
    const value = readNumber(text);
    return value === undefined ? undefined : Math.fround(value);
  },
});

/** Numbers of 16 bits, little-endian. */
export const half: CellType = cellType<number, Uint8Array>({
  name: "numbers in float16",
  ordered: false,
  load: (bytes) => halfToNumber(bytes[0] | (bytes[1] << 8)),
  store: (value) => Uint8Array.of(numberToHalf(value) & 0xff, numberToHalf(value) >> 8),
  text: (value) => shortest(value, 5, (near) => halfToNumber(numberToHalf(near))),
  parse: (text) => {
    const value = readNumber(text);
    return value === undefined ? undefined : halfToNumber(numberToHalf(value));
  },
});

/** The decimal text with the fewest digits that reads as this value in its own precision. */
function shortest(value: number, mostDigits: number, round: (value: number) => number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < mostDigits; digits++) {
    const near = Number(value.toPrecision(digits));
    if (round(near) === value) return String(near);
  }
  return String(Number(value.toPrecision(mostDigits)));
}

/** Decimal numbers of a fixed number of places: whole multiples of 10^-scale, in whatever physical type. */
export function decimal(scale: number, precision: number, store: (unscaled: bigint) => number | bigint | Uint8Array): CellType {
  const most = 10n ** BigInt(precision) - 1n;
  return cellType<bigint, number | bigint | Uint8Array>({
    name: `decimal numbers with ${scale} places`,
    ordered: false,
    load: (value) => (value instanceof Uint8Array ? fromBigEndian(value) : BigInt(value)),
    store,
    text: (value) => {
      const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
      const cut = digits.length - scale;
      return `${value < 0n ? "-" : ""}${digits.slice(0, cut)}${scale > 0 ? "." : ""}${digits.slice(cut)}`;
    },
    parse: (text) => {
      const value = wholeFrom(text, scale);
      return value === undefined ? undefined : value > most ? most : value < -most ? -most : value;
    },
  });
}

/** The number times 10^scale, rounded; exact where the text has no more places. */
function wholeFrom(text: string, scale: number): bigint | undefined {
  const plain = /^\s*([+-]?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (plain && (plain[3] ?? "").length <= scale) {
    const whole = BigInt(plain[2] + (plain[3] ?? "").padEnd(scale, "0"));
    return plain[1] === "-" ? -whole : whole;
  }
  const value = readNumber(text);
  if (value === undefined) return undefined;
  // toFixed has an exponent from 1e21 on
  return Math.abs(value) < 1e21 ? BigInt(value.toFixed(scale).replace(".", "")) : BigInt(value) * 10n ** BigInt(scale);
}

/** A two's complement number, most significant byte first. */
function fromBigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

export function toBigEndian(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

/** Bytes that a two's complement number needs. */
export function bytesOf(value: bigint): number {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  return length;
}
