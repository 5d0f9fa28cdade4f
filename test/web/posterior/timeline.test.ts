import { expect, it } from "vitest";
import type { ChainPaths } from "../../../src/sampler/index.ts";
import { drawChains } from "../../../src/web/views/posterior/space/chains.ts";
import { lineFloats, pointFloats, SceneBuilder } from "../../../src/web/views/posterior/space/scene.ts";
import { placeAt, timeInWords, trajectories } from "../../../src/web/views/posterior/space/timeline.ts";
import type { Point } from "../../../src/web/views/posterior/space/view.ts";

/** Two chains in one dimension: the first goes 0 -> 1 -> 2 and is accepted, then 2 -> 4 -> 6 and is rejected; the second is its mirror image. */
const paths: ChainPaths = {
  chains: 2, dim: 1, transitions: 2, leapfrogSteps: 2,
  positions: Float32Array.from([0, 0, 1, -1, 2, -2, 2, -2, 4, -4, 6, -6]),
  draws: Float32Array.from([2, -2, 2, -2]),
  accepted: Uint8Array.from([1, 1, 0, 0]),
  energyChange: new Float32Array(4), energy: new Float32Array(4),
};
const place = (values: Float32Array, first: number): Point => [values[first], 0, 0];

it("a chain is on its way to the proposal, stays there if it is accepted, and is back if not", () => {
  const way = trajectories(paths, 0, place);
  expect(way.map(({ accepted, places }) => [accepted, places.map(([x]) => x)])).toEqual([[true, [0, 1, 2]], [false, [2, 4, 6]]]);
  const at = (now: number): number => placeAt(way, now)[0];
  expect([0, 0.2, 0.4, 0.8, 0.9].map(at)).toEqual([0, 0.5, 1, 2, 2]);
  expect([1, 1.4, 1.79, 1.85, 2, 5].map((now) => Number(at(now).toFixed(2)))).toEqual([2, 4, 5.95, 2, 2, 2]);
  expect(trajectories(paths, 1, place)[1].places.map(([x]) => x)).toEqual([-2, -4, -6]);
});

it("is said in words", () => {
  expect([0, 0.5, 0.85, 1.1, 2].map((now) => timeInWords(now, paths))).toEqual([
    "transition 1 of 2, leapfrog step 1 of 2",
    "transition 1 of 2, leapfrog step 2 of 2",
    "transition 1 of 2, accepted or not",
    "transition 2 of 2, leapfrog step 1 of 2",
    "after 2 transitions",
  ]);
});

it("is drawn as a line per leapfrog step with its times, a mark per proposal, a ring at the start and a head that runs", () => {
  const builder = new SceneBuilder();
  drawChains(builder, paths, place);
  const { lines, points, runners, styles } = builder.build([[0, 1], [0, 1], [0, 1]], 2);
  expect(lines.length / lineFloats).toBe(8);
  expect(points.length / pointFloats).toBe(2 * (1 + 2));
  expect(runners.map(({ at }) => at(0.8)[0])).toEqual([2, -2]);
  const first = Array.from(lines.subarray(0, lineFloats));
  expect(first.slice(0, 8)).toEqual([0, 0, 0, 0, 1, 0, 0, expect.closeTo(0.4, 6)]);
  const styleOf = (line: number) => styles[lines[line * lineFloats + 8]].colour;
  expect([0, 1, 2, 3].map(styleOf)).toEqual(["--chain-1", "--chain-1", "--second", "--second"]);
});
