import { expect, it } from "vitest";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { planarTargets } from "../../src/sampler/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

/** Midpoints of a grid that holds all but 1e-9 of each target's mass. */
const bounds = { banana: [-10, 10, -5, 45], mixture: [-4, 4, -4, 4], wave: [-13, 13, -4, 7] } as const;
const [columns, rows] = [700, 1000];

it.each(Object.entries(planarTargets))("%s: mass 1, and the moments and the entropy it is said to have", async (name, target) => {
  const [left, right, low, high] = bounds[name as keyof typeof bounds];
  const [width, height] = [(right - left) / columns, (high - low) / rows];
  const points = new Float32Array(2 * columns * rows);
  for (let i = 0; i < columns * rows; i++) points.set([left + ((i % columns) + 0.5) * width, low + (Math.floor(i / columns) + 0.5) * height], 2 * i);
  const gpu = await testDevice();
  const tape = new Tape();
  const program = await compile(gpu, { logDensity: target.logDensity(tape.read(deviceTensor(gpu, [columns * rows, 2], points))) });
  program.run();
  const logDensity = await program.outputs.logDensity.read();
  const expectation = (of: (x: number, y: number, logDensity: number) => number): number => {
    let total = 0;
    logDensity.forEach((value, i) => (total += width * height * Math.exp(value) * of(points[2 * i], points[2 * i + 1], value)));
    return total;
  };
  const mean = [expectation((x) => x), expectation((_, y) => y)];
  // float32 densities, and midpoints 0.02 to 0.05 apart against a width of 0.25 and more
  const tolerance = { rtol: 1e-4, atol: 1e-4 };
  expectClose([expectation(() => 1)], [1], tolerance);
  expectClose(mean, target.mean, tolerance);
  expectClose([Math.sqrt(expectation((x) => (x - mean[0]) ** 2)), Math.sqrt(expectation((_, y) => (y - mean[1]) ** 2))], target.standardDeviation, tolerance);
  expectClose([expectation((_x, _y, value) => value)], [target.expectedLogDensity], tolerance);
  const { window } = target;
  const inside = expectation((x, y) => Number(x > window.x[0] && x < window.x[1] && y > window.y[0] && y < window.y[1]));
  expect(inside).toBeGreaterThan(0.97);
});
