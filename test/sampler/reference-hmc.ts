import { openUniform, threefry2x32, type Key } from "../../src/math/key.ts";
import { acceptCounter, momentumCounter } from "../../src/sampler/random-addresses.ts";

/** A log density of one position and its gradient, in float64. */
export type HostDensity = (position: number[]) => { logDensity: number; gradient: number[] };

interface HostTransition {
  position: number[];
  logDensity: number;
  energyChange: number;
  accepted: boolean;
  initialMomentum: number[];
}

/** The momenta of a chain at a transition: both normals of Box-Muller from the counter of their pair. */
export function hostMomenta(key: Key, chain: number, transition: number, dim: number): number[] {
  return Array.from({ length: dim }, (_, i) => {
    const [radiusBits, angleBits] = threefry2x32(key, momentumCounter(chain, transition, Math.floor(i / 2), dim));
    const angle = 2 * Math.PI * ((angleBits >>> 6) * 2 ** -26 - 0.125);
    const radius = Math.sqrt(-2 * Math.log(openUniform(radiusBits)));
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}

/** One transition of textbook HMC: r += phi/2 g, then q += phi r and r += phi g in turn, the last kick halved. */
export function hostTransition(density: HostDensity, start: number[], key: Key, chain: number, transition: number, stepSizes: number[], leapfrogSteps: number): HostTransition {
  const dim = start.length;
  const initialMomentum = hostMomenta(key, chain, transition, dim);
  const momentum = [...initialMomentum];
  const position = [...start];
  const before = density(position);
  let now = before;
  for (let step = 0; step < leapfrogSteps; step++) {
    for (let i = 0; i < dim; i++) momentum[i] += 0.5 * stepSizes[i] * now.gradient[i];
    for (let i = 0; i < dim; i++) position[i] += stepSizes[i] * momentum[i];
    now = density(position);
    for (let i = 0; i < dim; i++) momentum[i] += 0.5 * stepSizes[i] * now.gradient[i];
  }
  const kinetic = (r: number[]): number => 0.5 * r.reduce((total, v) => total + v * v, 0);
  const energyChange = before.logDensity - now.logDensity + kinetic(momentum) - kinetic(initialMomentum);
  const logUniform = Math.log(openUniform(threefry2x32(key, acceptCounter(chain, transition, dim))[0]));
  const accepted = logUniform < -energyChange;
  return accepted
    ? { position, logDensity: now.logDensity, energyChange, accepted, initialMomentum }
    : { position: [...start], logDensity: before.logDensity, energyChange, accepted, initialMomentum };
}
