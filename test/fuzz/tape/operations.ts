import * as ad from "../../../src/autodiff/index.ts";
import type { Tensor } from "../../../src/autodiff/index.ts";
import { elementwise } from "./functions.ts";
import { applied, chosen, plus, sizeOf, summed, taken, times, type HyperDual } from "./hyper-dual.ts";

/** A value of a program: what the tape has, what float64 has. */
export interface Value {
  readonly shape: readonly number[];
  tensor: Tensor;
  host: HyperDual;
}

/** Thrown where a program comes near a place at which it has no derivative, or leaves the range in which float32 has digits to compare. */
export class NotComparable extends Error {}

/** How near a kink or a tie float32 may not tell on which side a number is. */
const nearest = 1e-3;

type Operation = (a: Value, b: Value, p: number, upload: (indices: readonly number[]) => Tensor) => Value;

/** Places in an array of a shape, as coordinates. */
function coordinates(shape: readonly number[], i: number): number[] {
  const at = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = i % shape[axis];
    i = Math.floor(i / shape[axis]);
  }
  return at;
}

const placeOf = (shape: readonly number[], at: readonly number[]): number => at.reduce((place, index, axis) => place * shape[axis] + index, 0);
const placesIn = (shape: readonly number[], of: (at: number[]) => number): number[] => Array.from({ length: sizeOf(shape) }, (_, i) => of(coordinates(shape, i)));

/** b brought to the shape of a, where they broadcast; else a itself stands for it. */
function alike(a: Value, b: Value): { tensor: Tensor; host: HyperDual } {
  const extra = a.shape.length - b.shape.length;
  const fits = extra >= 0 && b.shape.every((length, axis) => length === 1 || length === a.shape[axis + extra]);
  if (!fits) return a;
  return { tensor: b.tensor, host: taken(b.host, a.shape, placesIn(a.shape, (at) => placeOf(b.shape, at.slice(extra).map((index, axis) => (b.shape[axis] === 1 ? 0 : index))))) };
}

const value = (tensor: Tensor, host: HyperDual): Value => ({ shape: tensor.shape, tensor, host });

function checkApart(gaps: ArrayLike<number>): void {
  for (const gap of Array.from(gaps)) if (Math.abs(gap) < nearest) throw new NotComparable("near a tie");
}

/** The larger or the smaller of two, or one of two by a third's sign. */
const extreme = (name: "maximum" | "minimum" | "where"): Operation => (a, b) => {
  const other = alike(a, b);
  const gap = a.host.parts[0].map((own, i) => own - other.host.parts[0][i]);
  if (other.tensor === a.tensor) return a;
  checkApart(gap);
  const first = Array.from(gap, (own) => (name === "minimum" ? own < 0 : own > 0));
  // where takes the smaller, so that it is neither of the others
  if (name === "where") return value(ad.where(ad.greater(a.tensor, other.tensor), ad.mul(2, other.tensor), a.tensor), chosen(first, plus(other.host, other.host), a.host));
  return value(ad[name](a.tensor, other.tensor), chosen(first, a.host, other.host));
};

const function1: Operation = (a, _b, p) => {
  const { tensor, jet, kinks = [] } = elementwise[p % elementwise.length];
  for (const kink of kinks) checkApart(a.host.parts[0].map((x) => x - kink));
  return value(tensor(a.tensor), applied(a.host, jet));
};

const sums: Operation = (a, _b, p) => {
  if (a.shape.length === 0) return a;
  const axis = p % a.shape.length;
  const shape = a.shape.filter((_, i) => i !== axis);
  return value(ad.sum(a.tensor, axis), summed(a.host, shape, placesIn(a.shape, (at) => placeOf(shape, at.filter((_, i) => i !== axis)))));
};

/** x - m, m the largest along an axis, held fixed, and where it is. */
function shifted(a: Value, axis: number): { shape: number[]; back: number[]; largest: Float64Array; places: number[] } {
  const shape = a.shape.filter((_, i) => i !== axis);
  const back = placesIn(a.shape, (at) => placeOf(shape, at.filter((_, i) => i !== axis)));
  const largest = new Float64Array(sizeOf(shape)).fill(-Infinity);
  const places = new Array<number>(largest.length).fill(0);
  a.host.parts[0].forEach((x, i) => {
    if (x > largest[back[i]]) [largest[back[i]], places[back[i]]] = [x, i];
  });
  return { shape, back, largest, places };
}

const logSumExps: Operation = (a, _b, p) => {
  if (a.shape.length === 0) return a;
  const axis = p % a.shape.length;
  const { shape, back, largest } = shifted(a, axis);
  const exps = applied({ shape: a.shape, parts: [a.host.parts[0].map((x, i) => x - largest[back[i]]), ...a.host.parts.slice(1)] as unknown as HyperDual["parts"] }, (x) => [Math.exp(x), Math.exp(x), Math.exp(x)]);
  const logs = applied(summed(exps, shape, back), (x) => [Math.log(x), 1 / x, -1 / (x * x)]);
  return value(ad.logSumExp(a.tensor, axis), { shape, parts: [logs.parts[0].map((x, i) => x + largest[i]), logs.parts[1], logs.parts[2], logs.parts[3]] });
};

const maxima: Operation = (a, _b, p) => {
  if (a.shape.length === 0) return a;
  const { shape, back, largest, places } = shifted(a, p % a.shape.length);
  checkApart(a.host.parts[0].map((x, i) => (places[back[i]] === i ? 1 : largest[back[i]] - x)));
  return value(ad.max(a.tensor, p % a.shape.length), taken(a.host, shape, places));
};

const reshapes: Operation = (a, _b, p) => {
  const flat = sizeOf(a.shape);
  const shape = p % 3 === 0 ? [flat] : p % 3 === 1 ? [1, ...a.shape] : a.shape.length > 1 ? [a.shape[0] * a.shape[1], ...a.shape.slice(2)] : [flat, 1];
  if (shape.length > 4) return a;
  return value(ad.reshape(a.tensor, shape), { ...a.host, shape });
};

const transposes: Operation = (a, _b, p) => {
  if (a.shape.length < 2) return a;
  const order = a.shape.map((_, axis) => (axis + 1 + (p % (a.shape.length - 1))) % a.shape.length);
  const shape = order.map((axis) => a.shape[axis]);
  const from = (at: number[]): number => placeOf(a.shape, a.shape.map((_, axis) => at[order.indexOf(axis)]));
  return value(ad.transpose(a.tensor, order), taken(a.host, shape, placesIn(shape, from)));
};

const slices: Operation = (a, _b, p) => {
  if (a.shape.length === 0) return a;
  const axis = p % a.shape.length;
  const start = Math.floor(p / 7) % a.shape[axis];
  const end = start + 1 + (Math.floor(p / 3) % (a.shape[axis] - start));
  const shape = a.shape.map((length, i) => (i === axis ? end - start : length));
  return value(ad.slice(a.tensor, axis, start, end), taken(a.host, shape, placesIn(shape, (at) => placeOf(a.shape, at.map((index, i) => (i === axis ? index + start : index))))));
};

const pads: Operation = (a, _b, p) => {
  if (a.shape.length === 0) return a;
  const axis = p % a.shape.length;
  const start = Math.floor(p / 5) % 3;
  const shape = a.shape.map((length, i) => (i === axis ? length + start + 1 : length));
  const from = (at: number[]): number => (at[axis] < start || at[axis] >= start + a.shape[axis] ? -1 : placeOf(a.shape, at.map((index, i) => (i === axis ? index - start : index))));
  return value(ad.pad(a.tensor, axis, start, shape[axis]), taken(a.host, shape, placesIn(shape, from)));
};

const concats: Operation = (a, b, p) => {
  if (a.shape.length === 0) return a;
  const axis = p % a.shape.length;
  const fits = b.shape.length === a.shape.length && b.shape.every((length, i) => i === axis || length === a.shape[i]);
  const other = fits ? b : a;
  const shape = a.shape.map((length, i) => (i === axis ? length + other.shape[i] : length));
  const both = { shape: [0], parts: a.host.parts.map((part, k) => Float64Array.from([...part, ...other.host.parts[k]])) } as unknown as HyperDual;
  const from = (at: number[]): number => (at[axis] < a.shape[axis] ? placeOf(a.shape, at) : sizeOf(a.shape) + placeOf(other.shape, at.map((index, i) => (i === axis ? index - a.shape[axis] : index))));
  return value(ad.concat([a.tensor, other.tensor], axis), taken(both, shape, placesIn(shape, from)));
};

const broadcasts: Operation = (a, _b, p) => {
  if (a.shape.length > 3) return a;
  const shape = [2 + (p % 2), ...a.shape.map((length) => (length === 1 ? 1 + (p % 3) : length))];
  return value(ad.broadcastTo(a.tensor, shape), taken(a.host, shape, placesIn(shape, (at) => placeOf(a.shape, at.slice(1).map((index, axis) => (a.shape[axis] === 1 ? 0 : index))))));
};

const gathers: Operation = (a, _b, p, upload) => {
  if (a.shape.length === 0) return a;
  // rows 0, 1, 2, ... of which those past the end read the last
  const count = 1 + (p % 4);
  const shape = [count, ...a.shape.slice(1)];
  const from = (at: number[]): number => placeOf(a.shape, [Math.min(at[0], a.shape[0] - 1), ...at.slice(1)]);
  return value(ad.gather(a.tensor, upload(Array.from({ length: count }, (_, i) => i))), taken(a.host, shape, placesIn(shape, from)));
};

/** a b^T or a^T b of matrices, with leading axes that agree or with a shared b; of what is no matrix a a^T. */
const products: Operation = (a, b, p) => {
  if (a.shape.length < 2) return a;
  const [transA, transB] = [p % 2 === 1, Math.floor(p / 2) % 2 === 1];
  const [rows, columns] = a.shape.slice(-2);
  const inner = transA ? rows : columns;
  const fits = b.shape.length >= 2 && b.shape.at(transB ? -1 : -2) === inner && (b.shape.length === 2 || (b.shape.length === a.shape.length && b.shape.slice(0, -2).every((length, i) => length === a.shape[i])));
  const other = fits ? b : a;
  const second = fits ? transB : !transA;
  const tensor = ad.matmul(a.tensor, other.tensor, { transA, transB: second });
  const [m, n] = tensor.shape.slice(-2);
  const batch = a.shape.slice(0, -2);
  const full = [...batch, m, n, inner];
  const left = taken(a.host, full, placesIn(full, (at) => {
    const [i, , k] = at.slice(-3);
    return placeOf(a.shape, [...at.slice(0, -3), ...(transA ? [k, i] : [i, k])]);
  }));
  const right = taken(other.host, full, placesIn(full, (at) => {
    const [, j, k] = at.slice(-3);
    return placeOf(other.shape, [...at.slice(0, -3).slice(0, other.shape.length - 2), ...(second ? [j, k] : [k, j])]);
  }));
  return value(tensor, summed(times(left, right), tensor.shape, placesIn(full, (at) => placeOf(tensor.shape, at.slice(0, -1)))));
};

/** What a program's step may do. */
export const operations: Readonly<Record<string, Operation>> = {
  function: function1,
  "another function": function1,
  add: (a, b) => {
    const other = alike(a, b);
    return value(ad.add(a.tensor, other.tensor), plus(a.host, other.host));
  },
  sub: (a, b) => {
    const other = alike(a, b);
    return value(ad.sub(a.tensor, other.tensor), plus(a.host, other.host, -1));
  },
  mul: (a, b) => {
    const other = alike(a, b);
    return value(ad.mul(a.tensor, other.tensor), times(a.host, other.host));
  },
  // a / (b^2 + 1/2)
  div: (a, b) => {
    const other = alike(a, b);
    const under = applied(other.host, (x) => [x * x + 0.5, 2 * x, 2]);
    return value(ad.div(a.tensor, ad.add(ad.square(other.tensor), 0.5)), times(a.host, applied(under, (x) => [1 / x, -1 / (x * x), 2 / x ** 3])));
  },
  maximum: extreme("maximum"),
  minimum: extreme("minimum"),
  where: extreme("where"),
  sum: sums,
  logSumExp: logSumExps,
  max: maxima,
  reshape: reshapes,
  transpose: transposes,
  slice: slices,
  pad: pads,
  concat: concats,
  broadcastTo: broadcasts,
  gather: gathers,
  matmul: products,
};
