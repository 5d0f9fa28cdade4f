import type { ChainPaths } from "../../../../sampler/index.ts";
import type { Point } from "./view.ts";

/** A transition takes one unit of time: its leapfrog steps this share, then the proposal is accepted or not. */
export const stepsShare = 0.8;

/** From positions [N, K] to a place in the scene. */
export type Placing = (positions: Float32Array, first: number) => Point;

/** One chain's trajectory in one transition. */
export interface Trajectory {
  readonly accepted: boolean;
  /** Where it is after 0 to L leapfrog steps, and when. */
  readonly places: readonly Point[];
  readonly times: readonly number[];
}

/** The trajectories of one chain, transition by transition. */
export function trajectories({ chains, dim, transitions, leapfrogSteps, positions, accepted }: ChainPaths, chain: number, place: Placing): Trajectory[] {
  return Array.from({ length: transitions }, (_, t) => ({
    accepted: accepted[t * chains + chain] === 1,
    places: Array.from({ length: leapfrogSteps + 1 }, (_, s) => place(positions, ((t * (leapfrogSteps + 1) + s) * chains + chain) * dim)),
    times: Array.from({ length: leapfrogSteps + 1 }, (_, s) => t + (stepsShare * s) / leapfrogSteps),
  }));
}

/** Where the chain is at some time: on its way to a proposal, or where the transition left it. */
export function placeAt(way: readonly Trajectory[], now: number): Point {
  const t = Math.min(way.length - 1, Math.max(0, Math.floor(now)));
  const { accepted, places } = way[t];
  const step = ((now - t) / stepsShare) * (places.length - 1);
  if (step >= places.length - 1) return places[accepted ? places.length - 1 : 0];
  const from = Math.max(0, Math.floor(step));
  const part = Math.max(0, step - from);
  return [0, 1, 2].map((i) => places[from][i] + part * (places[from + 1][i] - places[from][i])) as unknown as Point;
}

/** "transition 3 of 10, leapfrog step 2 of 5" */
export function timeInWords(now: number, { transitions, leapfrogSteps }: Pick<ChainPaths, "transitions" | "leapfrogSteps">): string {
  if (now >= transitions) return `after ${transitions} transitions`;
  const t = Math.floor(now);
  const step = Math.floor(((now - t) / stepsShare) * leapfrogSteps) + 1;
  return `transition ${t + 1} of ${transitions}, ${step > leapfrogSteps ? "accepted or not" : `leapfrog step ${step} of ${leapfrogSteps}`}`;
}
