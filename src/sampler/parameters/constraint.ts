import { add, concat, exp, mul, neg, reshape, ShapeError, showShape, sigmoid, sizeOf, slice, softplus, sub, sum, type Shape, type Tensor } from "../../autodiff/index.ts";

/** A bijection from real numbers onto the values that a parameter may take. Where it works on vectors they are the last axis. */
export interface Constraint {
  /** Real numbers behind `length` values of a vector; equal where each value has one of its own. */
  free(length: number): number;
  /** u [N, R, F] -> x [N, R, L], and log |dx/du| [N], the sum over all vectors; absent where it is 0. */
  record(u: Tensor): { x: Tensor; logJacobian?: Tensor };
  /** u [F] -> x [L] on the host. */
  apply(u: ArrayLike<number>): number[];
}

/** A parameter of a density: what values it may take, and its shape. Made by `real`, `positive`, `interval`, `ordered`, `simplex`. */
export interface Parameter {
  readonly shape: Shape;
  readonly constraint: Constraint;
}

const logistic = (u: number): number => 1 / (1 + Math.exp(-u));
/** Sum over all but the first axis: [N, R, F] -> [N]. */
const perChain = (x: Tensor): Tensor => sum(x, [1, 2]);

/** Any real number. */
export function real(shape: Shape = []): Parameter {
  return { shape, constraint: { free: (length) => length, record: (u) => ({ x: u }), apply: (u) => Array.from(u) } };
}

/** Numbers above `lower`: x = lower + exp u, log |dx/du| = u. */
export function positive(shape: Shape = [], { lower = 0 }: { lower?: number } = {}): Parameter {
  return {
    shape,
    constraint: { free: (length) => length, record: (u) => ({ x: add(lower, exp(u)), logJacobian: perChain(u) }), apply: (u) => Array.from(u, (one) => lower + Math.exp(one)) },
  };
}

/** Numbers between two: x = lower + w s(u) with the logistic s and the width w, log |dx/du| = log w + log s(u) + log s(-u). Throws RangeError. */
export function interval(lower: number, upper: number, shape: Shape = []): Parameter {
  const width = upper - lower;
  if (!(width > 0 && Number.isFinite(width))) throw new RangeError(`[interval] expected two numbers, the first below the second, got ${lower} and ${upper}.`);
  return {
    shape,
    constraint: {
      free: (length) => length,
      // log s(u) = -softplus(-u)
      record: (u) => ({ x: add(lower, mul(width, sigmoid(u))), logJacobian: perChain(sub(Math.log(width), add(softplus(u), softplus(neg(u))))) }),
      apply: (u) => Array.from(u, (one) => lower + width * logistic(one)),
    },
  };
}

/** Vectors whose entries rise: x_1 = u_1, x_k = x_(k-1) + exp u_k; log |dx/du| is the sum of u_2, u_3, ... Throws ShapeError for a scalar. */
export function ordered(shape: Shape): Parameter {
  atLeast("ordered", shape, 1);
  return {
    shape,
    constraint: {
      free: (length) => length,
      record(u) {
        const [first, ...rest] = entries(u);
        const values = [first];
        for (const step of rest) values.push(add(values[values.length - 1], exp(step)));
        return { x: concat(values, 2), ...(rest.length > 0 && { logJacobian: perChain(concat(rest, 2)) }) };
      },
      apply(u) {
        const values = [u[0]];
        for (let k = 1; k < u.length; k++) values.push(values[k - 1] + Math.exp(u[k]));
        return values;
      },
    },
  };
}

/**
 * Vectors of positive entries that sum to 1, by breaking a stick: of what remains, r_k, the share z_k = s(u_k - log(K - k)) is taken, so that u = 0 gives
 * equal entries; log |dx/du| = sum_k log z_k + log(1 - z_k) + log r_k, over the K - 1 free numbers. (Stan reference manual) Throws ShapeError for less than two entries.
 */
export function simplex(shape: Shape): Parameter {
  atLeast("simplex", shape, 2);
  return {
    shape,
    constraint: {
      free: (length) => length - 1,
      record(u) {
        const free = entries(u);
        const logs: Tensor[] = [];
        const terms: Tensor[] = [];
        // log r_1 = 0
        let logRest: Tensor | undefined;
        const ofRest = (log: Tensor): Tensor => (logRest ? add(logRest, log) : log);
        free.forEach((one, k) => {
          const v = sub(one, Math.log(free.length - k));
          const [logTaken, logLeft] = [neg(softplus(neg(v))), neg(softplus(v))];
          terms.push(ofRest(add(logTaken, logLeft)));
          logs.push(ofRest(logTaken));
          logRest = ofRest(logLeft);
        });
        return { x: exp(concat([...logs, logRest!], 2)), logJacobian: perChain(concat(terms, 2)) };
      },
      apply(u) {
        let rest = 1;
        const values = Array.from(u, (one, k) => {
          const taken = rest * logistic(one - Math.log(u.length - k));
          rest *= logistic(Math.log(u.length - k) - one);
          return taken;
        });
        return [...values, rest];
      },
    },
  };
}

/** [N, R, F] -> F columns [N, R, 1]. */
function entries(u: Tensor): Tensor[] {
  const [chains, vectors, length] = u.shape;
  return Array.from({ length }, (_, k) => reshape(slice(u, 2, k, k + 1), [chains, vectors, 1]));
}

function atLeast(name: string, shape: Shape, least: number): void {
  if (shape.length === 0 || shape[shape.length - 1] < least || sizeOf(shape) < 1) throw new ShapeError(`[${name}] expected a shape whose last axis has at least ${least} ${least === 1 ? "entry" : "entries"}, got ${showShape(shape)}.`);
}
