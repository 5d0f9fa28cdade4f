import { describe, expect, it } from "vitest";
import { broadcastTo, compile, deviceTensor, foldIn, randomNormal, Tape } from "../../../src/autodiff/index.ts";
import { keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import type { MixedColumn } from "../../../src/likelihood/mixed.ts";
import { reparameterise } from "../../../src/model/latent/gaussian.ts";
import { CompletionNetwork } from "../../../src/model/completion/completion-network.ts";
import { eachMember } from "../../../src/model/completion/completion-draws.ts";
import { defaultCompletion } from "../../../src/model/config/presets.ts";
import { knotsOf, pieceAt } from "../../../src/model/latent/feature-inputs.ts";
import { toldCompletion } from "../../../src/model/completion/told-completion.ts";
import { expectClose } from "../../expect-close.ts";
import { testDevice } from "../../device.ts";

const number: MixedColumn = { kind: "learned", levels: 1, positiveWeight: 1 };
/** A number with knots and one without, levels, ordered levels, yes or no; a target. */
const columns: MixedColumn[] = [number, number, { kind: "categorical", levels: 3, positiveWeight: 1 }, { kind: "categorical", levels: 4, positiveWeight: 1, ordered: true }, { kind: "bernoulli", levels: 1, positiveWeight: 1 }, number];
const knots = [[-1.5, -0.2, 0.1, 1.4], undefined, undefined, undefined, undefined, [-1, 0, 1]];
const [rows, d] = [3, 5];

describe("completion networks that are told a value", () => {
  it("say what they say when they read the whole row, at knots, between and beyond them, and for levels", async () => {
    const gpu = await testDevice();
    const network = new CompletionNetwork(gpu, { config: { ...defaultCompletion, hidden: 24, latent: 3, blocks: 1, members: 2 }, columns, features: d, knots });
    network.parameters.initialise(keyFromSeed(1));
    const level = (of: number, i: number): number => i % of;
    const z = normal(keyFromSeed(2), rows * d);
    const x = Float32Array.from(z, (value, i) => [value, value, level(3, i), level(4, i), level(2, i)][i % d]);
    const observed = Float32Array.from(uniform(keyFromSeed(3), rows * d), (u) => Number(u < 0.5));
    const asked = [[-9, -1.5, -1.2, 0.1, 0.3, 1.4, 7], [-2, 0, 0.3], [0, 1, 2], [0, 1, 2, 3], [0, 1]];
    const questions = asked.flatMap((values, feature) => values.flatMap((value) => Array.from({ length: rows }, (_, row) => ({ row, feature, value })))).filter(({ row, feature }) => observed[row * d + feature] === 0);
    expect(new Set(questions.map(({ feature }) => feature)).size).toBe(d);
    const n = questions.length;
    const model = await toldCompletion(network, rows, n);
    expect(model.asked).toBe(n);
    const key = keyFromSeed(4);
    model.begin({ rows, x, observed }, key);
    const answers = await model.ask({ row: Uint32Array.from(questions, (q) => q.row), feature: Uint32Array.from(questions, (q) => q.feature), value: Float32Array.from(questions, (q) => q.value) }).read();

    const whole = { x: new Float32Array(n * 6), seen: new Float32Array(n * 6) };
    questions.forEach(({ row, feature, value }, i) => {
      whole.x.set(x.subarray(row * d, (row + 1) * d), i * 6);
      whole.seen.set(observed.subarray(row * d, (row + 1) * d), i * 6);
      whole.x[i * 6 + feature] = value;
      whole.seen[i * 6 + feature] = 1;
    });
    const tape = new Tape();
    const known = network.known(tape.read(deviceTensor(gpu, [n, 6], whole.x)), tape.read(deviceTensor(gpu, [n, 6], whole.seen)));
    const theta = eachMember(network, { rows: n, draws: 2 }, (member, _, m) => {
      const q = member.encoder(known);
      const noise = randomNormal(foldIn(tape.read(deviceTensor(gpu, [2], key, { dtype: "u32" })), 1 + m), [1, 3]);
      return member.decoder(reparameterise(q, broadcastTo(noise, q.mean.shape)), known, d);
    });
    const program = await compile(gpu, { theta });
    program.run();
    const expected = await program.outputs.theta.read();
    expectClose(answers, expected, { rtol: 1e-4, atol: 1e-5 });
    // what is told moves the answer
    expect(Math.abs(expected[0] - expected[2 * expected.length / n])).toBeGreaterThan(1e-3);
    model.destroy();
  });

  it("finds the piece of a value; beyond the ends the outer pieces go on", () => {
    const [own, none] = knotsOf([number, number], [[0, 2, 3], undefined]);
    expect([own, none]).toEqual([[-1, 0, 2, 3, 4], [0, 1]]);
    expect([-3, -1, 0, 1, 2, 3.5, 4, 6].map((value) => pieceAt(own, value))).toEqual(
      [[0, -2], [0, 0], [1, 0], [1, 0.5], [2, 0], [3, 0.5], [3, 1], [3, 3]].map(([piece, part]) => ({ piece, part })),
    );
  });
});
