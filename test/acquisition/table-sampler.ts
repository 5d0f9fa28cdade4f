import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { foldIn, normal, uniform, type Key } from "../../src/math/key.ts";
import type { ConditionalSampler, DrawSession, JointDraws, KnownRows, Variable } from "../../src/model/index.ts";

/** A world whose conditional distributions can be drawn from exactly. */
export interface World {
  features: Variable[];
  target: Variable;
  /** One draw of everything given what is known: x [D] with known values kept, and y. */
  draw(x: ArrayLike<number>, observed: ArrayLike<number>, random: { normal: () => number; uniform: () => number }): { x: number[]; y: number };
}

/** An exact sampler of a world: what a perfect model would give to the acquisition. */
export function exactSampler(gpu: Gpu, world: World): ConditionalSampler {
  const d = world.features.length;
  return {
    gpu,
    features: world.features,
    targets: [world.target],
    async open({ rows, draws }): Promise<DrawSession> {
      const x = deviceTensor(gpu, [rows, draws, d]);
      const y = deviceTensor(gpu, [rows, draws, 1]);
      return {
        async draw(known: KnownRows, key: Key): Promise<JointDraws> {
          const [xs, ys] = [new Float32Array(rows * draws * d), new Float32Array(rows * draws)];
          const normals = normal(foldIn(key, 1), rows * draws * (d + 2));
          const uniforms = uniform(foldIn(key, 2), rows * draws * (d + 2));
          for (let i = 0; i < rows * draws; i++) {
            const row = Math.floor(i / draws);
            let at = i * (d + 2);
            const random = { normal: () => normals[at++], uniform: () => uniforms[at++] };
            const got = world.draw(known.x.subarray(row * d, (row + 1) * d), known.observed.subarray(row * d, (row + 1) * d), random);
            xs.set(got.x, i * d);
            ys[i] = got.y;
          }
          x.write(xs);
          y.write(ys);
          return {
            rows, draws, x, y,
            effective: new Float64Array(rows).fill(Number.NaN),
            async predictions() {
              return Array.from({ length: rows }, (_, row) => ({ row, column: d, name: world.target.name, value: ys.subarray(row * draws, (row + 1) * draws).reduce((a, b) => a + b, 0) / draws }));
            },
            async logLikelihood() {
              return new Float64Array(rows);
            },
          };
        },
        destroy() {
          x.destroy();
          y.destroy();
        },
      };
    },
  };
}

/**
 * y = sum of coefficients w_i x_i + noise over independent standard normal x_i, then a copy of feature `copied` and a feature
 * that has nothing to do with y.
 */
export function linearWorld(weights: readonly number[], noise: number, copied: number): World & { coefficients: readonly number[] } {
  const n = weights.length;
  const features = [...weights.map((_, i) => ({ name: `x${i}`, levels: 1 })), { name: "copy", levels: 1 }, { name: "irrelevant", levels: 1 }];
  return {
    coefficients: weights,
    features,
    target: { name: "y", levels: 1 },
    draw(known, observed, random) {
      const values = weights.map((_, i) => (observed[i] === 1 ? known[i] : i === copied && observed[n] === 1 ? known[n] : random.normal()));
      const x = [...values, values[copied], observed[n + 1] === 1 ? known[n + 1] : random.normal()];
      return { x, y: weights.reduce((total, w, i) => total + w * values[i], 0) + noise * random.normal() };
    },
  };
}

/** y = a XOR b with a flip now and then; a third bit is a weaker hint of its own, a fourth has nothing to do with y. */
export function xorWorld(flip: number, hintError: number): World {
  return {
    features: ["a", "b", "hint", "irrelevant"].map((name) => ({ name, levels: 2 })),
    target: { name: "y", levels: 2 },
    draw(known, observed, random) {
      // p(a, b, y | known) in proportion to p(y | a, b) p(hint | y), enumerated
      const states: { a: number; b: number; y: number; p: number }[] = [];
      for (const a of [0, 1]) for (const b of [0, 1]) for (const y of [0, 1]) {
        if ((observed[0] === 1 && known[0] !== a) || (observed[1] === 1 && known[1] !== b)) continue;
        const pY = y === (a ^ b) ? 1 - flip : flip;
        const pHint = observed[2] === 1 ? (known[2] === y ? 1 - hintError : hintError) : 1;
        states.push({ a, b, y, p: pY * pHint });
      }
      let u = random.uniform() * states.reduce((total, { p }) => total + p, 0);
      const state = states.find(({ p }) => (u -= p) < 0) ?? states[states.length - 1];
      const hint = observed[2] === 1 ? known[2] : random.uniform() < hintError ? 1 - state.y : state.y;
      return { x: [state.a, state.b, hint, observed[3] === 1 ? known[3] : Number(random.uniform() < 0.5)], y: state.y };
    },
  };
}
