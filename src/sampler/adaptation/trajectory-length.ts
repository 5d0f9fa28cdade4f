/** How far a trajectory goes, in the whitened space, and how that is learned. */

/** Rate, and decay of the squared gradient's average, of Adam without momentum. (Hoffman, Radul & Sountsov 2021) */
const [rate, decay] = [0.025, 0.95];

/** What one transition of all chains was: positions [N, K] before and proposed, the momenta at the end of the trajectories, dH, and the share of the length that was gone. */
export interface Trajectories {
  readonly before: Float32Array;
  readonly proposed: Float32Array;
  readonly momenta: Float32Array;
  /** Acceptance probability of each chain. */
  readonly acceptance: ArrayLike<number>;
  readonly share: number;
}

/** The length that is learned, and Adam's average. */
export interface TrajectoryLength {
  readonly logLength: number;
  readonly squares: number;
  readonly updates: number;
}

export function startLength(length: number): TrajectoryLength {
  return { logLength: Math.log(length), squares: 0, updates: 0 };
}

/**
 * One step towards the length T that makes chains forget how far out they were: ChEES = E (|y' - E y'|^2 - |y - E y|^2)^2 / 4, y the whitened position before and y' the proposed one. Along a trajectory dy'/dt = p', so that with a share u of T gone
 * d ChEES / d log T = E (|y' - E y'|^2 - |y - E y|^2) u T (y' - E y') p', an average over chains by their acceptance. (Hoffman, Radul & Sountsov 2021)
 */
export function updateLength({ logLength, squares, updates }: TrajectoryLength, { before, proposed, momenta, acceptance, share }: Trajectories, variances: Float64Array): TrajectoryLength {
  const [n, k] = [acceptance.length, variances.length];
  const finite = (chain: number): boolean => acceptance[chain] > 0;
  const total = Array.from({ length: n }, (_, chain) => acceptance[chain]).reduce((a, b) => a + b, 0);
  if (!(total > 0)) return { logLength, squares, updates };
  // E y and E y', the latter over proposals by their acceptance
  const [center, proposedCenter] = [new Float64Array(k), new Float64Array(k)];
  for (let chain = 0; chain < n; chain++) {
    for (let i = 0; i < k; i++) {
      center[i] += before[chain * k + i] / n;
      if (finite(chain)) proposedCenter[i] += (acceptance[chain] / total) * proposed[chain * k + i];
    }
  }
  let gradient = 0;
  for (let chain = 0; chain < n; chain++) {
    if (!finite(chain)) continue;
    let [out, outBefore, speed] = [0, 0, 0];
    for (let i = 0; i < k; i++) {
      const at = chain * k + i;
      const y = proposed[at] - proposedCenter[i];
      out += (y * y) / variances[i];
      outBefore += (before[at] - center[i]) ** 2 / variances[i];
      speed += (y * momenta[at]) / Math.sqrt(variances[i]);
    }
    gradient += (acceptance[chain] / total) * (out - outBefore) * share * Math.exp(logLength) * speed;
  }
  if (!Number.isFinite(gradient)) return { logLength, squares, updates };
  const average = decay * squares + (1 - decay) * gradient * gradient;
  const corrected = average / (1 - decay ** (updates + 1));
  return { logLength: logLength + (corrected > 0 ? (rate * gradient) / Math.sqrt(corrected) : 0), squares: average, updates: updates + 1 };
}

/** The length in a space whose scales have changed: as far in the old one, by the geometric mean of the scales. */
export function rescaledLength(length: TrajectoryLength, before: Float64Array, after: Float64Array): TrajectoryLength {
  const logRatio = before.reduce((total, variance, i) => total + 0.5 * Math.log(variance / after[i]), 0) / before.length;
  return { ...length, logLength: length.logLength + logRatio };
}

/** The t-th of numbers in (0, 1) that fill it evenly: its binary digits mirrored. (van der Corput 1935) */
export function evenShare(t: number): number {
  let [share, digit] = [0, 0.5];
  for (let left = t + 1; left > 0; left >>>= 1, digit /= 2) if (left & 1) share += digit;
  return share;
}
