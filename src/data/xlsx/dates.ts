/** Days from Excel's day 0 to 1970-01-01: of the usual calendar, and of the one that begins in 1904. */
const [since1900, since1904] = [25_569, 24_107];
const dayMillis = 86_400_000;

/** Milliseconds since 1970-01-01 of a number of Excel's; undefined where its calendar has none. Excel takes 1900 for a leap year. */
export function millisOf(serial: number, from1904: boolean): number | undefined {
  if (!(serial >= 0 && serial < 2_958_466)) return undefined;
  const days = from1904 ? serial - since1904 : serial - since1900 + (serial < 60 ? 1 : 0);
  return Math.round(days * dayMillis);
}

/** A number of Excel's for days since 1970-01-01. */
export function serialOf(days: number, from1904: boolean): number {
  const serial = days + (from1904 ? since1904 : since1900);
  return !from1904 && serial < 61 ? serial - 1 : serial;
}

/** How the dates of a column are shown: alike, with the time of day where one of them has one. */
export type Fineness = "day" | "second" | "millisecond";

export function finenessOf(millis: number): Fineness {
  if (millis % 1000 !== 0) return "millisecond";
  return millis % dayMillis === 0 ? "day" : "second";
}

/** 2024-01-31, 2024-01-31 12:00:00 */
export function dateText(millis: number, fineness: Fineness): string {
  const iso = new Date(millis).toISOString();
  if (fineness === "day") return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, fineness === "second" ? 19 : 23)}`;
}

/** The time of day of a fraction of a day: 12:00:00 */
export function timeText(serial: number): string {
  return new Date(Math.round((serial % 1) * 86_400) * 1000).toISOString().slice(11, 19);
}
