import { expect, it } from "vitest";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
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
