/**
 * Arrays of hyper-dual numbers in float64, a + b e + c h + d e h with e^2 = h^2 = 0: a function's value, its derivatives along two directions, and the second
 * derivative along both, exact to rounding. (Fike & Alonso 2011)
 */
export interface HyperDual {
  readonly shape: readonly number[];
  /** Value, along the first direction, along the second, along both. */
  readonly parts: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

const each = (size: number, of: (i: number) => number): Float64Array => Float64Array.from({ length: size }, (_, i) => of(i));

/** f(x) elementwise, of value, first and second derivative. */
export function applied({ shape, parts: [a, b, c, d] }: HyperDual, f: (x: number) => readonly [number, number, number]): HyperDual {
  const jets = Array.from(a, f);
  const n = a.length;
  return { shape, parts: [each(n, (i) => jets[i][0]), each(n, (i) => jets[i][1] * b[i]), each(n, (i) => jets[i][1] * c[i]), each(n, (i) => jets[i][2] * b[i] * c[i] + jets[i][1] * d[i])] };
}

/** Entries by their places in x; -1: 0. */
export function taken({ parts }: HyperDual, shape: readonly number[], places: ArrayLike<number>): HyperDual {
  const of = (part: Float64Array): Float64Array => Float64Array.from(places, (place) => (place < 0 ? 0 : part[place]));
  return { shape, parts: [of(parts[0]), of(parts[1]), of(parts[2]), of(parts[3])] };
}

/** Sums of entries: entry i of x goes to place[i]. */
export function summed({ parts }: HyperDual, shape: readonly number[], places: ArrayLike<number>): HyperDual {
  const of = (part: Float64Array): Float64Array => {
    const out = new Float64Array(sizeOf(shape));
    part.forEach((value, i) => (out[places[i]] += value));
    return out;
  };
  return { shape, parts: [of(parts[0]), of(parts[1]), of(parts[2]), of(parts[3])] };
}

/** x + factor y, of one shape. */
export function plus(x: HyperDual, y: HyperDual, factor = 1): HyperDual {
  const of = (part: 0 | 1 | 2 | 3): Float64Array => x.parts[part].map((value, i) => value + factor * y.parts[part][i]);
  return { shape: x.shape, parts: [of(0), of(1), of(2), of(3)] };
}

/** x y elementwise, of one shape. */
export function times(x: HyperDual, y: HyperDual): HyperDual {
  const [[a, b, c, d], [p, q, r, s]] = [x.parts, y.parts];
  const n = a.length;
  return { shape: x.shape, parts: [each(n, (i) => a[i] * p[i]), each(n, (i) => a[i] * q[i] + b[i] * p[i]), each(n, (i) => a[i] * r[i] + c[i] * p[i]), each(n, (i) => a[i] * s[i] + b[i] * r[i] + c[i] * q[i] + d[i] * p[i])] };
}

/** Entries of a where the condition holds, else of b. */
export function chosen(condition: readonly boolean[], a: HyperDual, b: HyperDual): HyperDual {
  const of = (part: 0 | 1 | 2 | 3): Float64Array => each(condition.length, (i) => (condition[i] ? a : b).parts[part][i]);
  return { shape: a.shape, parts: [of(0), of(1), of(2), of(3)] };
}
