import { uniform, type Key } from "../../math/key.ts";

/** Parts of S draws in proportion to exp(logWeights), as even as may be: systematic sampling. -> [S] */
export function drawParts(logWeights: Float64Array, draws: number, key: Key): Uint16Array {
  const parts = new Uint16Array(draws);
  const [shift] = uniform(key, 1);
  let part = 0;
  let upTo = Math.exp(logWeights[0]);
  for (let s = 0; s < draws; s++) {
    const place = (s + shift) / draws;
    while (place >= upTo && part < logWeights.length - 1) upTo += Math.exp(logWeights[++part]);
    parts[s] = part;
  }
  return parts;
}
