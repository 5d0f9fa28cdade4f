import { describe, expect, it } from "vitest";
import { toldInformation } from "../../src/acquisition/told.ts";
import { deviceTensor } from "../../src/autodiff/index.ts";
import { codeValue } from "../../src/data/index.ts";
import { foldIn, keyFromSeed, normal } from "../../src/math/key.ts";
import { normalCdf } from "../../src/math/special.ts";
import type { ConditionalSampler, JointDraws, KnownRows, ToldQuestion } from "../../src/model/index.ts";
import { Gaussians } from "../../src/model/gaussians/gaussians.ts";
import { GaussiansPosterior } from "../../src/model/gaussians/gaussians-posterior.ts";
import { massesOf, tabulatedCdf } from "../../src/model/answers/told-masses.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

/** y is the last of correlated numbers with unit variances: correlations of x_0, x_1 with y, and of each other. */
async function session(correlations: [xy: number, zy: number, xz: number], draws: number) {
  const gpu = await testDevice();
  const [xy, zy, xz] = correlations;
  const columns = Array.from({ length: 3 }, () => ({ kind: "learned" as const, levels: 1, positiveWeight: 1 }));
  const gaussians = new Gaussians({ config: { parts: 1 }, columns, features: 2 }, { weights: Float64Array.of(1), mean: new Float64Array(3), covariance: Float64Array.of(1, xz, xy, xz, 1, zy, xy, zy, 1), levels: new Float64Array(0) });
  const targets = { columns: [{ name: "y", role: "target" as const, type: "real" as const, mean: 10, std: 3 }], mixed: [columns[2]] };
  const sampler = { features: ["x", "z"].map((name) => ({ name, levels: 1 })), targets: [{ name: "y", levels: 1, units: (coded: number) => 10 + 3 * coded }] } as unknown as ConditionalSampler;
  return { session: new GaussiansPosterior(gpu, gaussians, targets, { rows: 2, draws }), sampler };
}

describe("information by what would be said if a value were told", () => {
  it("is -1/2 log(1 - rho^2) of correlated Gaussians, and of what is left once another value is known; the width expected then is that of the conditional", async () => {
    const { session: open, sampler } = await session([0.8, 0.3, 0.1], 4000);
    // the second row knows z = 0.7
    const known: KnownRows = { rows: 2, x: Float32Array.of(0, 0, 0, 0.7), observed: Float32Array.of(0, 0, 0, 1) };
    const joint = (await open.draw(known, keyFromSeed(3))) as JointDraws;
    const { gain, expectedWidth, standardError } = await toldInformation(joint, known, sampler, 0.9);
    // partial correlation of x and y given z
    const partial = (0.8 - 0.1 * 0.3) / Math.sqrt((1 - 0.1 ** 2) * (1 - 0.3 ** 2));
    const exact = [0.8, 0.3, partial].map((rho) => -0.5 * Math.log(1 - rho * rho));
    // 32 cells of y keep all but two hundredths; draws stand behind quantiles and cells
    expectClose([gain[0], gain[1], gain[2]], exact, { rtol: 0.06, atol: 0.004 });
    for (const i of [0, 1, 2]) expect(standardError[i]).toBeLessThan(0.02);
    const width = 2 * 1.6449 * 3;
    expectClose([expectedWidth![0]], [width * 0.6], { rtol: 0.06 });
    expectClose([expectedWidth![1]], [width * Math.sqrt(1 - 0.09)], { rtol: 0.06 });
    open.destroy();
  });

  it("keeps what five bins of equal width lose where tails are heavy", async () => {
    const gpu = await testDevice();
    const draws = 2000;
    // y = x + noise, x Student's t with 2 degrees of freedom: the model knows N(x, 0.5^2)
    const z = normal(foldIn(keyFromSeed(4), 1), 4 * draws);
    const xs = Float32Array.from({ length: draws }, (_, s) => z[s] / Math.sqrt((z[draws + s] ** 2 + z[2 * draws + s] ** 2) / 2));
    const ys = xs.map((x, s) => x + 0.5 * z[3 * draws + s]);
    const joint = {
      rows: 1, draws, x: deviceTensor(gpu, [draws, 1], xs), y: deviceTensor(gpu, [draws, 1], ys),
      toldMasses: ({ values, count, cells: [{ count: cells, borders }] }: ToldQuestion) =>
        Promise.resolve(Float64Array.from({ length: count * cells }, (_, i) => {
          const [t, g] = [Math.floor(i / cells), i % cells];
          const upTo = (border: number): number => normalCdf((border - values[t]) / 0.5);
          return (g === cells - 1 ? 1 : upTo(borders![g])) - (g === 0 ? 0 : upTo(borders![g - 1]));
        })),
    } as unknown as JointDraws;
    const sampler = { features: [{ name: "x", levels: 1 }], targets: [{ name: "y", levels: 1 }] } as unknown as ConditionalSampler;
    const { gain } = await toldInformation(joint, { rows: 1, x: new Float32Array(1), observed: new Float32Array(1) }, sampler, 0.9);
    // by quadrature over x = tan-like quantiles and y: h(y) - h(noise)
    const exact = heavyInformation();
    expect(gain[0] / exact).toBeGreaterThan(0.85);
    expect(gain[0] / exact).toBeLessThan(1.1);
  });

  it("asks about values that occur, of many levels and many targets too, in a bounded number of cells", async () => {
    const gpu = await testDevice();
    const [draws, targets] = [400, 5];
    const z = normal(keyFromSeed(9), draws * (targets + 1));
    const xs = Float32Array.from({ length: draws }, (_, s) => Math.min(39, Math.max(0, Math.round(20 + 8 * z[s]))));
    const asked: ToldQuestion[] = [];
    const joint = {
      rows: 1, draws, x: deviceTensor(gpu, [draws, 1], xs), y: deviceTensor(gpu, [draws, targets], Float32Array.from({ length: draws * targets }, (_, i) => z[draws + i])),
      toldMasses: (question: ToldQuestion) => {
        asked.push(question);
        const cells = question.cells.reduce((product, { count }) => product * count, 1);
        return Promise.resolve(new Float64Array(question.count * cells).fill(1 / cells));
      },
    } as unknown as JointDraws;
    const sampler = { features: [{ name: "x", levels: 40 }], targets: Array.from({ length: targets }, (_, j) => ({ name: `y${j}`, levels: 1 })) } as unknown as ConditionalSampler;
    const { gain } = await toldInformation(joint, { rows: 1, x: new Float32Array(1), observed: new Float32Array(1) }, sampler, 0.9);
    const [{ values, cells }] = asked;
    const drawn = new Set(xs);
    for (const value of values) expect(drawn.has(value)).toBe(true);
    expect(cells.reduce((product, { count }) => product * count, 1)).toBeLessThanOrEqual(128);
    // the same answer to everything tells nothing
    expect(Math.abs(gain[0])).toBeLessThan(1e-12);
  });

  it("needs a model that can be asked", async () => {
    const joint = { rows: 1, draws: 2 } as JointDraws;
    await expect(toldInformation(joint, { rows: 1, x: new Float32Array(1), observed: new Float32Array(1) }, { features: [], targets: [] } as unknown as ConditionalSampler, 0.9)).rejects.toThrow('use the estimator "paper"');
  });
});

describe("masses of cells", () => {
  it("agree with each law's distribution function, and sum to 1", () => {
    const borders = Float64Array.of(-1.2, 0.2, 0.9);
    const count = { type: "count" as const, mean: 1.2, std: 0.6 };
    const bins = { low: [-2, -0.5, 0.5], high: [-0.5, 0.5, 2], mean: [-1.2, 0, 1.2], units: [0, 1, 2], atoms: false };
    const cases = [
      { column: { kind: "learned" as const, levels: 1, positiveWeight: 1 }, theta: [0.3, Math.log(0.25)], cdf: (x: number) => normalCdf((x - 0.3) / 0.5) },
      { column: { kind: "gaussian" as const, levels: 1, positiveWeight: 1 }, theta: [0.3], cdf: (x: number) => normalCdf((x - 0.3) / 0.4) },
      { column: { kind: "binned" as const, levels: 3, positiveWeight: 1, bins }, theta: [0, 0, Math.log(2)], cdf: (x: number) => (x < -0.5 ? (0.25 * (x + 2)) / 1.5 : x < 0.5 ? 0.25 + 0.25 * (x + 0.5) : 0.5 + (0.5 * (x - 0.5)) / 1.5) },
      { column: { kind: "count" as const, levels: 1, positiveWeight: 1, scale: { mean: 1.2, std: 0.6 } }, theta: [0.1, -1], cdf: (x: number) => 1 / (1 + Math.exp(-(codeValue(count, Math.floor(Math.expm1(1.2 + 0.6 * x)) + 0.5) - 0.1) / Math.exp(-1))) },
    ];
    for (const { column, theta, cdf } of cases) {
      const into = new Float64Array(4);
      massesOf([column], 0.16, theta.length, { cells: [{ count: 4, borders }] })(Float32Array.from(theta), 0, 0, 1, into, 0);
      const expected = [cdf(-1.2), cdf(0.2) - cdf(-1.2), cdf(0.9) - cdf(0.2), 1 - cdf(0.9)];
      expectClose(into, expected, { atol: 2e-6 });
      expectClose([into.reduce((a, b) => a + b)], [1], { atol: 1e-9 });
    }
    // levels, and two targets whose cells are combined, the last innermost
    const two = new Float64Array(6);
    const levels = [{ kind: "bernoulli" as const, levels: 1, positiveWeight: 1 }, { kind: "categorical" as const, levels: 3, positiveWeight: 1 }];
    massesOf(levels, 1, 3, { cells: [{ count: 2 }, { count: 3 }] })(Float32Array.of(Math.log(3), 0, 0, 0, 0, Math.log(2)), 0, 0, 0.5, two, 0);
    expectClose(two, [0.25 * 0.25, 0.25 * 0.25, 0.25 * 0.5, 0.75 * 0.25, 0.75 * 0.25, 0.75 * 0.5].map((p) => 0.5 * p), { atol: 1e-7 });
  });

  it("the table of the normal distribution function is right to 5e-7, at its ends too", () => {
    for (let z = -9; z <= 9; z += 0.0137) expectClose([tabulatedCdf(z)], [normalCdf(z)], { atol: 5e-7 });
    expect([tabulatedCdf(-Infinity), tabulatedCdf(Infinity), tabulatedCdf(Number.NaN)]).toEqual([0, 1, 0]);
  });
});

/** I(x; y) of y = x + 0.5 noise, x Student's t with 2 degrees of freedom, by quadrature. */
function heavyInformation(): number {
  const density = (x: number): number => 1 / (2 * Math.SQRT2 * (1 + (x * x) / 2) ** 1.5);
  const noise = (e: number): number => Math.exp(-2 * e * e) / (0.5 * Math.sqrt(2 * Math.PI));
  let entropy = 0;
  for (let y = -400; y <= 400; y += 0.05) {
    let p = 0;
    if (Math.abs(y) > 20) p = density(y);
    else for (let e = -2.5; e <= 2.5; e += 0.05) p += density(y - e) * noise(e) * 0.05;
    entropy -= p * Math.log(p) * 0.05;
  }
  return entropy - 0.5 * Math.log(2 * Math.PI * Math.E * 0.25);
}
