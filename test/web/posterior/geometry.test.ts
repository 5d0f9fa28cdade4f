import { describe, expect, it } from "vitest";
import { keyFromSeed, normal } from "../../../src/math/key.ts";
import { principalAxes } from "../../../src/web/engine/posterior/principal-axes.ts";
import { project } from "../../../src/web/views/posterior/projection.ts";
import { boundsOf, boxLabels, frameLabels, ticks } from "../../../src/web/views/posterior/space/axes.ts";
import { contour, massLevels } from "../../../src/web/views/posterior/space/contours.ts";
import { ellipse, ellipsoid } from "../../../src/web/views/posterior/space/ellipsoid.ts";
import { onScreen, OrbitView, type Bounds, type Point } from "../../../src/web/views/posterior/space/view.ts";
import { expectClose } from "../../expect-close.ts";

describe("principal axes and projections", () => {
  // five latents: the second narrow about 1.5, the fourth wide, the others as the prior has them
  const [count, dim] = [4000, 5];
  const noise = normal(keyFromSeed(4), count * dim);
  const [means, deviations] = [[0, 1.5, 0, -0.2, 0], [1, 0.1, 1, 2, 1]];
  const draws = Float64Array.from(noise, (value, i) => means[i % dim] + deviations[i % dim] * value);
  const axes = principalAxes(draws, dim);
  const names = ["1.1", "1.2", "1.3", "2.1", "2.2"];

  it("are along the widest directions, with the variance that the points have there", () => {
    expectClose([axes.variances[0], axes.variances[4]], [4, 0.01], { rtol: 0.1 });
    const { place, titles, share } = project({ axes, names }, "principal");
    const first = Array.from({ length: count }, (_, n) => place(draws, n * dim)[0]);
    const mean = first.reduce((a, b) => a + b) / count;
    expectClose([first.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1)], [axes.variances[0]], { rtol: 1e-9 });
    expect(titles[0]).toMatch(/^direction 1 \(5\d %\)$/);
    expectClose([share], [(axes.variances[0] + axes.variances[1] + axes.variances[2]) / axes.variances.reduce((a, b) => a + b)], { rtol: 1e-9 });
  });

  it("of what the row says most about, the first is the narrow one far from the prior, with its information", () => {
    const { place, titles } = project({ axes, names }, "telling");
    expectClose([Math.abs(place([0, 1, 0, 0, 0])[0])], [1], { atol: 1e-3 });
    // 1/2 (0.01 + 1.5^2 - 1 - log 0.01)
    expect(Number(/\((.*) nats\)/.exec(titles[0])![1])).toBeCloseTo(2.93, 1);
  });

  it("are three latents if asked, and empty where there are fewer", () => {
    const { place, titles } = project({ axes, names }, [3, 0, 1]);
    expect(place([10, 20, 30, 40, 50])).toEqual([40, 10, 20]);
    expect(place([9, 10, 20, 30, 40, 50], 1)).toEqual([40, 10, 20]);
    expect(titles).toEqual(["ε 2.1", "ε 1.1", "ε 1.2"]);
    const two = project({ axes: principalAxes([0, 0, 1, 2, 2, 1, 5, 5], 2), names: ["1", "2"] }, "principal");
    expect(two.place([1, 1])[2]).toBe(0);
    expect(two.titles[2]).toBe("");
  });

  it("take a Gaussian of independent latents along: mean, variances, and the covariance they get", () => {
    const projection = project({ axes, names }, "principal");
    const { mean, covariance } = projection.gaussian(means, deviations);
    expect(mean).toEqual(projection.place(means));
    // the draws' own Gaussian has the draws' variances on their axes, nearly
    expectClose(covariance, [axes.variances[0], 0, 0, 0, axes.variances[1], 0, 0, 0, axes.variances[2]], { rtol: 0.1, atol: 0.1 });
    expectClose(projection.gaussian(means, [1, 1, 1, 1, 1]).covariance, [1, 0, 0, 0, 1, 0, 0, 0, 1], { atol: 1e-9 });
  });
});

describe("surfaces", () => {
  const covariance = [2, 0.6, 0.2, 0.6, 1, -0.3, 0.2, -0.3, 0.5];
  const mean: Point = [1, -1, 3];

  it("at d deviations every point has (x - m)' C^-1 (x - m) = d^2", () => {
    const [[a, b, c], [d, e, f], [g, h, i]] = [covariance.slice(0, 3), covariance.slice(3, 6), covariance.slice(6)];
    const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    const inverse = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d].map((x) => x / det);
    for (const point of ellipsoid({ mean, covariance }, 2).flat()) {
      const away = point.map((x, k) => x - mean[k]);
      expectClose([away.reduce((sum, x, r) => sum + x * away.reduce((inner, y, s) => inner + inverse[3 * r + s] * y, 0), 0)], [4], { rtol: 1e-9 });
    }
  });

  it("in the plane: an ellipse with the plane's part of the covariance", () => {
    const det = 2 * 1 - 0.36;
    for (const [x, y, z] of ellipse({ mean, covariance }, 1)) {
      const [dx, dy] = [x - 1, y + 1];
      expectClose([(dx * dx * 1 - 2 * dx * dy * 0.6 + dy * dy * 2) / det, z], [1, 3], { rtol: 1e-9 });
    }
  });

  it("without extent are points", () => {
    for (const point of ellipsoid({ mean, covariance: new Array<number>(9).fill(0) }, 1).flat()) expect(point).toEqual(mean);
  });
});

describe("contours", () => {
  const size = 80;
  const window = { x: [-3, 3], y: [-2.5, 3.5] } as const;
  const at = (i: number): [number, number] => [window.x[0] + (6 * (i % size)) / (size - 1), window.y[0] + (6 * Math.floor(i / size)) / (size - 1)];
  const gaussian = Float32Array.from({ length: size * size }, (_, i) => -0.5 * (at(i)[0] ** 2 + at(i)[1] ** 2));

  it("of a Gaussian's log density are circles, closed, of the right length", () => {
    const found = contour({ size, window, values: gaussian }, -0.5 * 1.7 ** 2);
    // linear interpolation between grid points 0.076 apart
    for (const point of found.flat()) expectClose([Math.hypot(point[0], point[1])], [1.7], { atol: 1e-3 });
    expectClose([found.reduce((sum, [a, b]) => sum + Math.hypot(a[0] - b[0], a[1] - b[1]), 0)], [2 * Math.PI * 1.7], { rtol: 1e-3 });
    const ends = new Map<string, number>();
    for (const [x, y] of found.flat()) ends.set(`${x.toFixed(6)},${y.toFixed(6)}`, (ends.get(`${x.toFixed(6)},${y.toFixed(6)}`) ?? 0) + 1);
    expect([...ends.values()].every((count) => count === 2)).toBe(true);
  });

  it("part the corners of a saddle as its middle says", () => {
    const square = { size: 2, window: { x: [0, 1], y: [0, 1] } } as const;
    // high at the lower left and the upper right
    const joined = contour({ ...square, values: [3, -1, -1, 3] }, 0);
    const apart = contour({ ...square, values: [1, -3, -3, 1] }, 0);
    const cuts = (found: [Point, Point][], [x, y]: number[]): boolean => found.some(([a, b]) => [a, b].every((point) => Math.abs(point[0] - x) + Math.abs(point[1] - y) <= 1));
    expect([cuts(joined, [1, 0]), cuts(joined, [0, 1])]).toEqual([true, true]);
    expect([cuts(apart, [0, 0]), cuts(apart, [1, 1])]).toEqual([true, true]);
    for (const found of [joined, apart]) expect(found).toHaveLength(2);
  });

  it("enclose the share of the mass asked for: for a Gaussian in the plane the level is log(1 - share)", () => {
    expectClose(massLevels(gaussian, [0.5, 0.9]), [Math.log(0.5), Math.log(0.1)], { rtol: 0.03 });
  });
});

describe("axes", () => {
  it("have round numbers within their range", () => {
    expect(ticks([-1.2, 3.4], 4)).toEqual([-1, 0, 1, 2, 3]);
    expect(ticks([0, 0.3], 4)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticks([-250, 80], 4)).toEqual([-200, -100, 0]);
    expect(ticks([2, 2], 4)).toEqual([]);
  });

  it("hold all points, and have room where nothing varies", () => {
    const [x, y, z] = boundsOf([[1, 5, 0], [3, 5, 0]]);
    expect(x[0]).toBeLessThan(1);
    expect(x[1]).toBeGreaterThan(3);
    expect(y[1]).toBeGreaterThan(y[0]);
    expect(z[1]).toBeGreaterThan(z[0]);
    expect(boundsOf([])).toEqual([[-1, 1], [-1, 1], [-1, 1]]);
  });

  it("are labelled outside of the box, at its lower and left edges, from wherever it is seen", () => {
    const bounds: Bounds = [[-1, 2], [0, 1], [5, 9]];
    const marks = bounds.map((range) => ticks(range, 3));
    for (let turn = 0; turn < 7; turn++) {
      const matrix = new OrbitView(bounds).turned(turn, 0).matrix(600, 500);
      const screen = (point: Point) => onScreen(matrix, point, 600, 500);
      const labels = boxLabels(bounds, marks, ["one", "two", "three"], screen);
      const corners = Array.from({ length: 8 }, (_, i) => screen([bounds[0][i & 1], bounds[1][(i >> 1) & 1], bounds[2][(i >> 2) & 1]])!);
      expect(labels.filter(({ kind }) => kind === "title").map(({ text }) => text)).toEqual(["one", "two", "three"]);
      const upright = labels.filter(({ text, kind }) => kind === "tick" && ["6", "8"].includes(text));
      expect(upright).toHaveLength(2);
      for (const { x } of upright) expect(x).toBeLessThan(Math.min(...corners.map((corner) => corner.x)) + 30);
      // titles of the floor are below the floor's middle
      const floor = screen([0.5, 0.5, 5])!;
      for (const { text, y } of labels) if (text === "one" || text === "two") expect(y).toBeGreaterThan(floor.y);
    }
    expect(frameLabels(bounds, [[0], [-1]], ([x, y]) => ({ x: 10 * x, y: -10 * y }))).toEqual([{ x: 0, y: 12, text: "0", kind: "tick" }, { x: -22, y: 10, text: "−1", kind: "tick" }]);
  });
});
