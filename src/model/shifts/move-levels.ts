import type { Column } from "../../data/index.ts";
import type { Shift } from "./shift.ts";

/** The probabilities of a column's levels after its shifts. */
export function shiftedProbabilities({ categories = [] }: Column, p: readonly number[], shifts: readonly Shift[]): number[] {
  return shifts.reduce<number[]>((own, shift) => {
    if ("level" in shift) return towards(own, categories.indexOf(shift.level), shift.logOdds);
    return "higher" in shift ? upwards(own, shift.higher) : own;
  }, [...p]);
}

/** q_k = p_k e^delta / (1 - p_k + p_k e^delta), the others in proportion: the log-odds of level k against each other one, and against all of them, are delta more. */
function towards(p: readonly number[], level: number, delta: number): number[] {
  const rest = p.reduce((total, own, k) => total + (k === level ? 0 : own), 0);
  const q = moreOf(p[level], rest, delta);
  return p.map((own, k) => (k === level ? q : rest > 0 ? (own / rest) * (1 - q) : 0));
}

/** log-odds of "above level k" + delta for every k: proportional odds. */
function upwards(p: readonly number[], delta: number): number[] {
  const above = p.map((_, k) => {
    const below = p.slice(0, k + 1).reduce((a, b) => a + b, 0);
    return moreOf(p.slice(k + 1).reduce((a, b) => a + b, 0), below, delta);
  });
  return p.map((_, k) => Math.max(0, (k === 0 ? 1 : above[k - 1]) - above[k]));
}

/** a e^delta / (b + a e^delta), without overflow. */
function moreOf(a: number, b: number, delta: number): number {
  if (a === 0 || b === 0) return a === 0 ? 0 : 1;
  if (delta > 0) return a / (a + b * Math.exp(-delta));
  return (a * Math.exp(delta)) / (b + a * Math.exp(delta));
}
