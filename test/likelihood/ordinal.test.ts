import { expect, it } from "vitest";
import { compile, deviceTensor, gradients, sum, Tape } from "../../src/autodiff/index.ts";
import { MixedLikelihood, type MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { levelLaw } from "../../src/model/answers/level-law.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const ordinal = (levels: number): MixedColumn => ({ kind: "ordinal", levels, ordered: true, positiveWeight: 1 });
const columns = [ordinal(4), ordinal(2), ordinal(3)];
// 9: entries that a column with fewer levels does not have
const theta = [-0.7, 0.4, -1.2, 0.6, 9, 9, 1.3, -2, 9];
const levels = [4, 2, 3];

/** P(x = k) as a difference of cumulative probabilities, in float64. */
function probability(own: readonly number[], count: number, k: number): number {
  const cutpoint = (at: number): number => own.slice(1, at + 1).reduce((total, t) => total + Math.log1p(Math.exp(t)), own[0]);
  const upTo = (at: number): number => (at < 0 ? 0 : at >= count - 1 ? 1 : 1 / (1 + Math.exp(-cutpoint(at))));
  return upTo(k) - upTo(k - 1);
}

it("scores every level as float64 does, and they sum to 1; gradients by central differences, 0 at padded entries", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const rows = [[0, 0, 0], [1, 1, 1], [2, 0, 2], [3, 1, 0]];
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [4, 3, 3], rows.flatMap(() => theta)));
  const logProb = mixed.logProb(t, tape.read(deviceTensor(gpu, [4, 3], rows.flat())));
  const program = await compile(gpu, { logProb, gradient: gradients(sum(logProb), [t])[0], point: mixed.point(t) });
  program.run();
  const score = (all: readonly number[], x: readonly number[]): number[] => x.map((k, j) => Math.log(probability(all.slice(3 * j, 3 * j + 3), levels[j], k)));
  expectClose(await program.outputs.logProb.read(), rows.flatMap((x) => score(theta, x)), { rtol: 1e-5, atol: 1e-6 });
  const h = 1e-5;
  const difference = rows.flatMap((x) => theta.map((_, i) => {
    const moved = (by: number): number => score(theta.map((value, j) => (j === i ? value + by : value)), x).reduce((a, b) => a + b);
    return (moved(h) - moved(-h)) / (2 * h);
  }));
  expectClose(await program.outputs.gradient.read(), difference, { rtol: 1e-4, atol: 1e-5 });
  const law = (j: number): number[] => Array.from(levelLaw(columns[j])(Float32Array.from(theta), 3 * j));
  columns.forEach((_, j) => {
    expectClose(law(j), Array.from({ length: levels[j] }, (_, k) => probability(theta.slice(3 * j), levels[j], k)), { rtol: 1e-6, atol: 1e-7 });
    expect(law(j).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
  // the mean level
  expectClose(await program.outputs.point.read(), rows.flatMap(() => columns.map((_, j) => law(j).reduce((total, p, k) => total + k * p, 0))), { rtol: 1e-5, atol: 1e-5 });
});

it("stays finite where a level is next to impossible: 200 nats, and gradients that pull back", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, [ordinal(3)], 0.1);
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [3, 1, 2], [200, -3, -200, -3, 0, -200]));
  const logProb = mixed.logProb(t, tape.read(deviceTensor(gpu, [3, 1], [2, 0, 1])));
  const program = await compile(gpu, { logProb, gradient: gradients(sum(logProb), [t])[0] });
  program.run();
  // of the last the level between two cutpoints that all but meet: log(sigmoid(-200) / 4)
  expectClose(await program.outputs.logProb.read(), [-200 - Math.log1p(Math.exp(-3)), -200, -200 - Math.log(4)], { rtol: 1e-6, atol: 0 });
  const gradient = await program.outputs.gradient.read();
  expectClose([gradient[0], gradient[2], gradient[5]], [-1, 1, 1], { rtol: 1e-4, atol: 1e-4 });
});

it("draws levels with their probabilities", async () => {
  const gpu = await testDevice();
  const n = 20_000;
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [n, 3, 3], Float32Array.from({ length: 9 * n }, (_, i) => theta[i % 9])));
  const program = await compile(gpu, { x: mixed.sample(t, tape.read(deviceTensor(gpu, [2], keyFromSeed(3), { dtype: "u32" }))) });
  program.run();
  const x = await program.outputs.x.read();
  columns.forEach((_, j) => {
    for (let k = 0; k < levels[j]; k++) {
      const p = probability(theta.slice(3 * j), levels[j], k);
      const share = x.filter((value, i) => i % 3 === j && value === k).length / n;
      // five standard errors of a share
      expect(Math.abs(share - p), `column ${j}, level ${k}`).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    }
  });
});
