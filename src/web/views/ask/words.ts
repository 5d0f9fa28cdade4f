import type { Candidate, Method } from "../../../acquisition/api.ts";
import type { AskState } from "../../engine/ask/ask-state.ts";
import type { CellPosterior } from "../../engine/filled/filled-cell.ts";
import { percent, valueText } from "../../parts/numbers.ts";

/** What the bars measure. */
export const gainUnits: Record<Method, string> = { mi: "nats", gaussian: "nats", variance: "variance, coded", random: "a random number" };

/** Histograms may say a little less than nothing. */
export function gainText({ gain, standardError }: Pick<Candidate, "gain" | "standardError">): string {
  const text = Math.max(0, gain).toFixed(2);
  return Number.isNaN(standardError) ? text : `${text} ± ${standardError.toFixed(2)}`;
}

/** "economy (mpg): 23.4, with 90 % probability between 16.1 and 30.6." */
export function posteriorInWords(posterior: CellPosterior): string {
  return `${posterior.name}: ${beliefInWords(posterior)}.`;
}

export function beliefInWords(posterior: CellPosterior): string {
  if (posterior.kind === "continuous") {
    const { value, lower, upper, interval, format } = posterior;
    const [at, from, to] = [value, lower, upper].map((units) => valueText(units, format));
    return `${at}, with ${Number((100 * interval).toPrecision(3))} % probability between ${from} and ${to}`;
  }
  return byProbability(posterior)
    .slice(0, 3)
    .map(({ label, probability }) => `${label} ${percent(probability)}`)
    .join(", ");
}

export function byProbability({ levels }: Extract<CellPosterior, { kind: "discrete" }>): { label: string; probability: number }[] {
  return [...levels].sort((a, b) => b.probability - a.probability);
}

/** Why it is enough. */
export function reasonInWords({ stop }: AskState, targets: string, limits: { minimalGain: number; width?: number; sure: number; budget?: number }, trusted: boolean): string {
  switch (stop) {
    case "nothing left":
      return "Nothing is left to ask for: every value is known, or was said to be unknown.";
    case "budget":
      return `Nothing that is left fits into the budget of ${limits.budget}.`;
    case "gain":
      return trusted
        ? `No value that is left is expected to tell ${limits.minimalGain} nats or more about ${targets}: another one would hardly change the prediction.`
        : `This model expects no value that is left to tell ${limits.minimalGain} nats or more about ${targets}. It has not shown that it can be relied on, so another value may tell more than it knows.`;
    case "width":
      return `The interval is narrower than ${limits.width}, as you wished.`;
    case "sure":
      return `The answer is at least ${Number((100 * limits.sure).toPrecision(4))} % sure.`;
    case undefined:
      return "";
  }
}
