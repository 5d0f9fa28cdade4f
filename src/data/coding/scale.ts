import { isOnLogScale, type Column } from "../schema/column.ts";

/** What the scale of a column depends on. */
export type Scaled = Pick<Column, "type" | "bounds">;

/** How far from 0 and 1 the ends of a bounded column are put before the logit is taken: at logit(0.01), 4.6 from the middle. */
export const scaleInset = 0.01;

/** The share of the way from the lower bound to the upper one. */
function place(value: number, [low, high]: readonly [number, number]): number {
  return (value - low) / (high - low);
}

/**
 * A number in original units on the scale on which it is standardised: as it is; log(1 + value) of positive numbers and counts; logit(d + (1 - 2 d) u) of bounded ones, u the
 * place between the bounds and d = 0.01, which keeps the bounds themselves finite. Numbers beyond the bounds become NaN.
 */
export function toScale({ type, bounds }: Scaled, value: number): number {
  if (isOnLogScale(type)) return Math.log1p(value);
  if (type !== "bounded") return value;
  const u = place(value, bounds!);
  if (!(u >= 0 && u <= 1)) return Number.NaN;
  const inner = scaleInset + (1 - 2 * scaleInset) * u;
  return Math.log(inner / (1 - inner));
}

/** The way back; of a positive number never below 0, of a bounded one never beyond the bounds. */
export function fromScale({ type, bounds }: Scaled, scaled: number): number {
  if (isOnLogScale(type)) return Math.max(0, Math.expm1(scaled));
  if (type !== "bounded") return scaled;
  const [low, high] = bounds!;
  const u = (1 / (1 + Math.exp(-scaled)) - scaleInset) / (1 - 2 * scaleInset);
  // the ends exactly, rounding included
  return u <= 1e-9 ? low : u >= 1 - 1e-9 ? high : low + (high - low) * u;
}

/** Whether a column can hold a number: none below 0 on the log scale, none beyond bounds. */
export function holds({ type, bounds }: Scaled, value: number): boolean {
  if (isOnLogScale(type)) return value >= 0;
  return type !== "bounded" || (value >= bounds![0] && value <= bounds![1]);
}

/** "from 0 on", "from 0 to 100"; nothing where any number will do. */
export function limitsText({ type, bounds }: Scaled): string {
  if (isOnLogScale(type)) return "from 0 on";
  return type === "bounded" ? `from ${bounds![0]} to ${bounds![1]}` : "";
}
