/** Numbers in [-scale, scale) by a hash of their index, that torch/worker.py computes too. */
export function pseudo(count: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let h = (Math.imul(i + 1, 0x9e3779b1) + Math.imul(seed + 1, 0x85ebca77)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    numbers[i] = scale * (((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1);
  }
  return numbers;
}

/** Throws unless |got - expected| <= atol + rtol |expected| everywhere; NaN throws. */
export function expectNear(who: string, got: ArrayLike<number>, expected: ArrayLike<number>, { rtol, atol }: { rtol: number; atol: number }): void {
  if (got.length !== expected.length) throw new Error(`${who}: expected ${expected.length} numbers, got ${got.length}; its time would mean nothing.`);
  for (let i = 0; i < got.length; i++) {
    const allowed = atol + rtol * Math.abs(expected[i]);
    if (!(Math.abs(got[i] - expected[i]) <= allowed)) {
      throw new Error(`${who}: element ${i} of ${got.length} is ${got[i]}, expected ${expected[i]} within ${allowed.toExponential(1)}; its time would mean nothing.`);
    }
  }
}

/** Three significant digits, without an exponent where that is readable. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return value.toExponential(2);
  if (size >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
