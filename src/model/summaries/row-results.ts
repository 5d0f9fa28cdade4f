import { logAddExp } from "../../math/special.ts";

/** What a column of a row is to the scores. */
export const scoreStates = { neither: 0, hidden: 1, seen: 2 } as const;

/** Results of a row before those of each column by itself. */
export const scoreTasks = { hidden: 0, hiddenWeighted: 1, seen: 2, seenWeighted: 3, columns: 4 } as const;

/** What stands for minus infinity, about. */
const nothing = -1e29;

/** log of the mean over all parts' n draws, from the sums of each part. */
export function scoreOfParts(parts: readonly Float32Array[], at: number, draws: number): number {
  return parts.reduce((total, own) => logAddExp(total, own[at] > nothing ? own[at] : -Infinity), -Infinity) - Math.log(draws);
}
