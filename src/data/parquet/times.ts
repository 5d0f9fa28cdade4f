import { cellType, type CellType } from "./cell-type.ts";

export type TimeUnit = "MILLIS" | "MICROS" | "NANOS";

/** Digits after the second. */
const places: Record<TimeUnit, number> = { MILLIS: 3, MICROS: 6, NANOS: 9 };
const dayMillis = 86_400_000;
const whole = /^[+-]?\d+$/;

/** Days from 1970-01-01, as 2020-01-31. What no calendar has stays a number, here and below. */
export const date: CellType = cellType<number, number>({
  name: "dates",
  text: (days) => isoDay(days * dayMillis) ?? String(days),
  parse: (text) => {
    if (whole.test(text)) return isoDay(Number(text) * dayMillis) === undefined ? Number(text) : undefined;
    const millis = /^[+-]?\d{4,6}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    return Number.isNaN(millis) ? undefined : millis / dayMillis;
  },
});

/** Moments, as 2020-01-31T12:00:00.5, with Z where they are in UTC and not somewhere's local time. */
export function timestamp(unit: TimeUnit, utc: boolean): CellType {
  const perSecond = 10n ** BigInt(places[unit]);
  const iso = (value: bigint): string | undefined => {
    const rest = modulo(value, perSecond);
    const second = isoSecond(Number((value - rest) / perSecond) * 1000);
    return second === undefined ? undefined : `${second}${fraction(rest, places[unit])}${utc ? "Z" : ""}`;
  };
  return cellType<bigint, bigint>({
    name: "times",
    text: (value) => iso(value) ?? String(value),
    parse: (text) => {
      if (whole.test(text)) return iso(BigInt(text)) === undefined ? BigInt(text) : undefined;
      const match = /^([+-]?\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?)?Z?$/.exec(text);
      const millis = match ? Date.parse(`${match[1]}T${match[2] ?? "00:00:00"}Z`) : Number.NaN;
      return Number.isNaN(millis) ? undefined : BigInt(millis / 1000) * perSecond + unitsOf(match![3], places[unit]);
    },
  });
}

/** Times of the day, as 12:00:00.5; kept as a number (milliseconds) or a bigint. */
export function timeOfDay(unit: TimeUnit): CellType {
  const perSecond = 10n ** BigInt(places[unit]);
  const own = (value: bigint): number | bigint => (unit === "MILLIS" ? Number(value) : value);
  const clock = (value: bigint): string | undefined => {
    const seconds = Number(value / perSecond);
    if (value < 0n || seconds >= 86_400) return undefined;
    const part = (n: number): string => String(n).padStart(2, "0");
    return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}${fraction(value % perSecond, places[unit])}`;
  };
  return cellType<number | bigint, number | bigint>({
    name: "times of the day",
    text: (value) => clock(BigInt(value)) ?? String(value),
    parse: (text) => {
      if (whole.test(text)) return clock(BigInt(text)) === undefined ? own(BigInt(text)) : undefined;
      const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/.exec(text);
      if (!match) return undefined;
      const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
      return own(BigInt(seconds) * perSecond + unitsOf(match[4], places[unit]));
    },
  });
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

/** ".5" for 500 of 1000; "" for 0. */
function fraction(units: bigint, digits: number): string {
  return units === 0n ? "" : `.${String(units).padStart(digits, "0").replace(/0+$/, "")}`;
}

function unitsOf(fraction: string | undefined, digits: number): bigint {
  return BigInt((fraction ?? "").slice(0, digits).padEnd(digits, "0"));
}

function isoSecond(millis: number): string | undefined {
  const day = new Date(millis);
  return Number.isNaN(day.getTime()) ? undefined : day.toISOString().slice(0, -".000Z".length);
}

function isoDay(millis: number): string | undefined {
  return isoSecond(millis)?.slice(0, -"T00:00:00".length);
}
