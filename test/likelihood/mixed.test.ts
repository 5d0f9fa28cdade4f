import { expect, it } from "vitest";
import { broadcastTo, compile, deviceTensor, gradients, sum, Tape } from "../../src/autodiff/index.ts";
import { MixedLikelihood } from "../../src/likelihood/mixed.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

it("scores columns of three kinds side by side, each by its own density; padded levels have no part in it", async () => {
  const gpu = await testDevice();
  const columns = [
    { kind: "gaussian", levels: 1, positiveWeight: 1 },
    { kind: "bernoulli", levels: 1, positiveWeight: 3 },
    { kind: "categorical", levels: 2, positiveWeight: 1 },
    { kind: "categorical", levels: 3, positiveWeight: 1 },
  ] as const;
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const theta = [0.4, 9, 9, -1.5, 9, 9, 0.2, 1.1, 9, -0.3, 0.8, 0.1];
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [2, 4, 3], [...theta, ...theta.map((value) => 8 * value)]));
  const x = tape.read(deviceTensor(gpu, [2, 4], [0.9, 1, 1, 2, -2, 0, 0, 0]));
  const program = await compile(gpu, { plain: mixed.logProb(t, x), weighted: mixed.logProb(t, x, { weighted: true }), point: mixed.point(t) });
  program.run();
  const row = (theta: number[], [g, b, c, d]: number[], w: number): number[] => {
    const lse = (logits: number[]): number => Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    return [
      -0.5 * (Math.log(2 * Math.PI * 0.1) + (g - theta[0]) ** 2 / 0.1),
      b * w * Math.log(sigmoid(theta[3])) + (1 - b) * Math.log(1 - sigmoid(theta[3])),
      theta[6 + c] - lse(theta.slice(6, 8)),
      theta[9 + d] - lse(theta.slice(9, 12)),
    ];
  };
  const large = theta.map((value) => 8 * value);
  const tolerance = { rtol: 1e-5, atol: 1e-5 };
  expectClose(await program.outputs.plain.read(), [...row(theta, [0.9, 1, 1, 2], 1), ...row(large, [-2, 0, 0, 0], 1)], tolerance);
  expectClose(await program.outputs.weighted.read(), [...row(theta, [0.9, 1, 1, 2], 3), ...row(large, [-2, 0, 0, 0], 3)], tolerance);
  // mean, mode, modes: the padded 9 never wins
  expectClose(await program.outputs.point.read(), [0.4, 0, 1, 1, 3.2, 0, 1, 1], tolerance);
  expect(mixed.params).toBe(3);
});

it("probabilities of a column's levels sum to 1, whatever the padding and however large the logits", async () => {
  const gpu = await testDevice();
  const columns = [2, 3, 5].map((levels) => ({ kind: "categorical" as const, levels, positiveWeight: 1 }));
  const mixed = new MixedLikelihood(gpu, [...columns, { kind: "bernoulli", levels: 1, positiveWeight: 1 }], 0.1);
  const scales = [1, 30, 1000];
  // every row: one level asked of all columns
  const levels = [0, 1, 2, 3, 4];
  const theta = scales.flatMap((scale) => levels.flatMap(() => Array.from({ length: 20 }, (_, i) => scale * Math.sin(3 * i))));
  const x = scales.flatMap(() => levels.flatMap((level) => [level, level, level, level]));
  const tape = new Tape();
  const program = await compile(gpu, { logProb: mixed.logProb(tape.read(deviceTensor(gpu, [15, 4, 5], theta)), tape.read(deviceTensor(gpu, [15, 4], x))) });
  program.run();
  const logProb = await program.outputs.logProb.read();
  scales.forEach((_, s) => {
    const total = (column: number, count: number): number => levels.slice(0, count).reduce((t, level) => t + Math.exp(logProb[(s * 5 + level) * 4 + column]), 0);
    expectClose([total(0, 2), total(1, 3), total(2, 5), total(3, 2)], [1, 1, 1, 1], { atol: 1e-5 });
  });
});

it("gradients are residuals: bounded at extreme logits, 0 at padded entries", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, [{ kind: "gaussian", levels: 1, positiveWeight: 1 }, { kind: "bernoulli", levels: 1, positiveWeight: 2 }, { kind: "categorical", levels: 2, positiveWeight: 1 }, { kind: "categorical", levels: 3, positiveWeight: 1 }], 0.5);
  const values = [
    [1, 5, 5, -90, 5, 5, 80, -80, 5, 0, 0, 0],
    [-2, 5, 5, 0.3, 5, 5, 0.4, -0.2, 5, 0, 0, 0],
  ];
  const x = [3, 1, 1, 2, -2.5, 0, 0, 1];
  const tape = new Tape();
  const theta = tape.read(deviceTensor(gpu, [2, 4, 3], values.flat()));
  const [g] = gradients(sum(mixed.logProb(theta, tape.read(deviceTensor(gpu, [2, 4], x)), { weighted: true })), [theta]);
  const program = await compile(gpu, { g });
  program.run();
  const expected = values.flatMap((t, row) => {
    const [a, b, c, d] = x.slice(4 * row, 4 * row + 4);
    const p1 = sigmoid(t[7] - t[6]);
    return [(a - t[0]) / 0.5, 0, 0, 2 * b * (1 - sigmoid(t[3])) - (1 - b) * sigmoid(t[3]), 0, 0, Number(c === 0) - (1 - p1), Number(c === 1) - p1, 0, ...[0, 1, 2].map((level) => Number(d === level) - 1 / 3)];
  });
  expectClose(await program.outputs.g.read(), expected, { rtol: 1e-5, atol: 1e-6 });
});

it("at a tie the mode is the first level, at logit 0 the negative class", async () => {
  const gpu = await testDevice();
  const mixed = new MixedLikelihood(gpu, [{ kind: "categorical", levels: 3, positiveWeight: 1 }, { kind: "bernoulli", levels: 1, positiveWeight: 1 }], 0.1);
  const program = await compile(gpu, { point: mixed.point(new Tape().read(deviceTensor(gpu, [2, 2, 3], [1, 2, 2, 0, 0, 0, -7, -7, -7, 0.001, 0, 0]))) });
  program.run();
  expect(Array.from(await program.outputs.point.read())).toEqual([1, 0, 0, 1]);
});

it("draws from each column's own density: moments and frequencies of many draws", async () => {
  const gpu = await testDevice();
  const columns = [
    { kind: "gaussian", levels: 1, positiveWeight: 1 },
    { kind: "bernoulli", levels: 1, positiveWeight: 1 },
    { kind: "categorical", levels: 3, positiveWeight: 1 },
  ] as const;
  const n = 20_000;
  const mixed = new MixedLikelihood(gpu, columns, 0.1);
  const tape = new Tape();
  const theta = tape.read(deviceTensor(gpu, [1, 3, 3], [0.4, 0, 0, -1.5, 0, 0, Math.log(0.2), Math.log(0.7), Math.log(0.1)]));
  const key = tape.read(deviceTensor(gpu, [2], [7, 8], { dtype: "u32" }));
  const program = await compile(gpu, { x: mixed.sample(broadcastTo(theta, [n, 3, 3]), key) });
  program.run();
  const x = await program.outputs.x.read();
  const share = (d: number, level: number): number => x.filter((value, i) => i % 3 === d && value === level).length / n;
  const normal = x.filter((_, i) => i % 3 === 0);
  const mean = normal.reduce((a, b) => a + b, 0) / n;
  // standard errors: sqrt(0.1 / n) = 0.0022, variance 0.1 sqrt(2 / n) = 0.001, frequencies at most sqrt(0.25 / n) = 0.0035
  expect(Math.abs(mean - 0.4)).toBeLessThan(0.009);
  expect(Math.abs(normal.reduce((total, value) => total + (value - mean) ** 2, 0) / n - 0.1)).toBeLessThan(0.004);
  expect(Math.abs(share(1, 1) - sigmoid(-1.5))).toBeLessThan(0.014);
  expect(share(1, 0) + share(1, 1)).toBe(1);
  [0.2, 0.7, 0.1].forEach((p, level) => expect(Math.abs(share(2, level) - p)).toBeLessThan(0.014));
});
