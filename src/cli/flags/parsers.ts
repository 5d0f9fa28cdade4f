import { InvalidArgumentError } from "commander";

/** Reads a whole number from `least` to 2^31. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > 2 ** 31) throw new InvalidArgumentError(`expected a whole number from ${least} on.`);
    return value;
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("expected a number above 0.");
  return value;
}

export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError("expected a number of at least 0.");
  return value;
}

/** Seconds of a time such as 90s, 2m or 1h; "full" is none. */
export function duration(text: string): number | "full" {
  if (text === "full") return text;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
  if (!(seconds > 0 && Number.isFinite(seconds))) throw new InvalidArgumentError("expected a time such as 90s, 2m or 1h, or full for the whole schedule.");
  return seconds;
}

/** A probability, neither 0 nor 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("expected a number between 0 and 1, such as 0.9.");
  return value;
}

/** Names, separated by commas. */
export function list(text: string): string[] {
  const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (items.length === 0) throw new InvalidArgumentError("expected names, separated by commas.");
  return items;
}

/** Whole numbers from 1 on, separated by commas. */
export function sizes(text: string): number[] {
  return list(text).map(wholeFrom(1));
}

/** Adds the value of an option that may be repeated. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
