import { compile, gradients, mul, sum, Tape, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { makeCopy } from "../../autodiff/copy.ts";
import type { Gpu } from "../../gpu/device.ts";
import { submit, type Dispatch, type Encodable } from "../../gpu/dispatch.ts";
import { AdjointState, stepBack } from "./exact-state.ts";
import { compileHmc, type HmcChain, type HmcChainOptions, type LogDensity } from "../hmc-chain.ts";

export interface ExactHmcOptions extends Omit<HmcChainOptions, "afterTransition" | "derivatives" | "givenMomentum"> {
  /** Work of the reverse sweep after transition t, such as adding up gradients by parameters of the density. */
  readonly afterSweep?: (t: number) => Encodable | undefined;
}

/**
 * Chains through which gradients flow exactly: for an objective F of the final positions, dF / d eps^(0), dF / d log step
 * sizes and what dF / d parameters of the density needs, in one reverse sweep of a Hessian-vector product per leapfrog
 * step. The branch that the Metropolis test took is held (its probability has no gradient here).
 */
export class ExactChain {
  /** dF / d eps^(T) [N, K]: to be written before `sweep`. */
  readonly finalCotangent: DeviceTensor;
  /** dF / d eps^(0) [N, K], after `sweep`. */
  readonly startCotangent: DeviceTensor;
  /** Each chain's part of dF / d log step size [T, N, K]; sum over chains. */
  readonly stepSizeCotangents: DeviceTensor;
  /** Of the transition swept last: where the density's gradient was taken, q, and the weight v of that gradient in F [L N, K]. */
  readonly points: DeviceTensor;
  readonly directions: DeviceTensor;

  constructor(
    /** The chains; run them before `sweep`. */
    readonly chain: HmcChain,
    /** The reverse sweep. */
    readonly sweep: Encodable,
    private readonly arrays: AdjointState,
    private readonly evaluation: Program,
  ) {
    this.finalCotangent = arrays.finalCotangent;
    this.startCotangent = arrays.cotangent;
    this.stepSizeCotangents = arrays.stepSizeCotangents;
    this.points = arrays.trailPoints;
    this.directions = arrays.trailDirections;
  }

  /** Runs the chains and the sweep once, for a cotangent that does not depend on where they end. */
  run(): void {
    submit(this.chain.gpu, [this.chain, this.sweep]);
  }

  destroy(): void {
    this.chain.destroy();
    this.evaluation.destroy();
    this.arrays.destroy();
  }
}

/** Compiles a log density into chains with exact gradients. Throws ShapeError and RangeError as compileHmc does. */
export async function compileExactHmc(gpu: Gpu, options: ExactHmcOptions): Promise<ExactChain> {
  const { transitions, leapfrogSteps } = options;
  const keep: Encodable[] = [];
  const chain = await compileHmc(gpu, { ...options, afterTransition: (t) => keep[t] });
  const arrays = new AdjointState(gpu, options);
  const { proposal } = chain;
  for (let t = 0; t < transitions; t++) {
    const copies = await Promise.all([proposal.position, proposal.momentum, proposal.gradient, chain.position].map((from, i) => makeCopy(gpu, from, arrays.keptPart(t, i))));
    keep.push({ encode: (pass) => copies.forEach((copy) => copy.encode(pass)) });
  }
  const evaluation = await compileProduct(gpu, options.logDensity, arrays);
  const place = await makeCopy(gpu, arrays.finalCotangent, arrays.cotangent);
  const back: Dispatch[][] = [];
  for (let t = 0; t < transitions; t++) {
    back.push(await Promise.all(Array.from({ length: leapfrogSteps + 1 }, (_, i) => stepBack(gpu, arrays, chain.logStepSizes, t, leapfrogSteps - i))));
  }
  const sweep: Encodable = {
    encode: (pass) => {
      place.encode(pass);
      for (let t = transitions - 1; t >= 0; t--) {
        options.beforeTransition?.(t)?.encode(pass);
        back[t].forEach((step, i) => {
          step.encode(pass);
          if (i < leapfrogSteps) evaluation.encode(pass);
        });
        options.afterSweep?.(t)?.encode(pass);
      }
    },
  };
  return new ExactChain(chain, sweep, arrays, evaluation);
}

/** The gradient g and the product of the Hessian with v in one program. */
function compileProduct(gpu: Gpu, record: LogDensity, arrays: AdjointState): Promise<Program> {
  const tape = new Tape();
  const position = tape.read(arrays.point);
  const [gradient] = gradients(sum(record(position)), [position]);
  // H v = d (v . g) / d q
  const [product] = gradients(sum(mul(gradient, tape.read(arrays.direction))), [position]);
  return compile(gpu, { gradient, product }, { into: { gradient: arrays.gradient, product: arrays.product } });
}

/**
 * sum over the leapfrog steps and chains of one transition of v . g(q), q and v constants. Added up over transitions, its
 * derivative by a parameter of the density is dF by that parameter through the chains (without what F itself holds of
 * it). `logDensity` takes all L N points, those of one step side by side.
 */
export function recordThroughChains(tape: Tape, exact: Pick<ExactChain, "points" | "directions">, logDensity: LogDensity): Tensor {
  const points = tape.read(exact.points);
  const [gradient] = gradients(sum(logDensity(points)), [points]);
  return sum(mul(gradient, tape.read(exact.directions)));
}
