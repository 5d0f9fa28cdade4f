import { expect } from "vitest";

/** Fails unless |got - expected| <= atol + rtol |expected| for every element; NaN fails. Names the worst element. */
export function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: { rtol?: number; atol?: number }): void {
  const { rtol = 0, atol = 0 } = tolerance;
  expect(got.length).toBe(expected.length);
  let worst = -1;
  let worstRatio = 1;
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i] - expected[i]);
    const allowed = atol + rtol * Math.abs(expected[i]);
    if (error <= allowed) continue;
    const ratio = Number.isNaN(error) ? Infinity : error / allowed;
    if (ratio >= worstRatio) [worst, worstRatio] = [i, ratio];
  }
  if (worst >= 0) {
    expect.fail(
      `element ${worst} of ${got.length}: got ${got[worst]}, expected ${expected[worst]} (error is ${worstRatio.toExponential(1)} x the tolerance)`,
    );
  }
}
