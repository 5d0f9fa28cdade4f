/** A u32 expression of generated WGSL, with the loop depth it depends on (0: outside all loops). */
export interface Ix {
  readonly code: string;
  readonly depth: number;
  /** Set where the expression is a known number. */
  readonly value?: number;
}

export function constantIx(value: number): Ix {
  return { code: `${value}u`, depth: 0, value };
}

const binary = (a: Ix, b: Ix, code: string): Ix => ({ code, depth: Math.max(a.depth, b.depth) });

export function addIx(a: Ix, b: Ix): Ix {
  if (a.value === 0) return b;
  if (b.value === 0) return a;
  if (a.value !== undefined && b.value !== undefined) return constantIx(a.value + b.value);
  return binary(a, b, `(${a.code} + ${b.code})`);
}

export function mulIx(a: Ix, factor: number): Ix {
  if (a.value !== undefined) return constantIx(a.value * factor);
  return factor === 1 ? a : { code: `${a.code} * ${factor}u`, depth: a.depth };
}

export function divIx(a: Ix, divisor: number): Ix {
  if (a.value !== undefined) return constantIx(Math.floor(a.value / divisor));
  return divisor === 1 ? a : { code: `(${a.code} / ${divisor}u)`, depth: a.depth };
}

export function modIx(a: Ix, divisor: number): Ix {
  if (a.value !== undefined) return constantIx(a.value % divisor);
  return divisor === 1 ? constantIx(0) : { code: `(${a.code} % ${divisor}u)`, depth: a.depth };
}
