/** What dual averaging carries along; `logStepSize` is for the next transition, `logAverage` for after the adaptation. */
export interface DualAveraging {
  readonly count: number;
  readonly logStepSize: number;
  readonly logAverage: number;
  readonly error: number;
  readonly centre: number;
}

// Hoffman and Gelman's constants (2014) but for gamma, theirs is 0.05, and the centre, theirs is ten times the start: the
// acceptance averaged over chains has little noise, and their steps then swing from too small to too large and back.
const gamma = 0.1;
const stabiliser = 10;
const kappa = 0.75;

/** The start of an adaptation; step sizes are drawn towards the given one. */
export function startDualAveraging(stepSize: number): DualAveraging {
  return { count: 0, logStepSize: Math.log(stepSize), logAverage: Math.log(stepSize), error: 0, centre: Math.log(stepSize) };
}

/** The state after a transition with this acceptance probability: too low makes the next step size smaller. (Hoffman and Gelman 2014) */
export function updateDualAveraging(state: DualAveraging, acceptance: number, target: number): DualAveraging {
  const count = state.count + 1;
  const share = 1 / (count + stabiliser);
  const error = (1 - share) * state.error + share * (target - acceptance);
  const logStepSize = state.centre - (Math.sqrt(count) / gamma) * error;
  const weight = count ** -kappa;
  return { count, logStepSize, logAverage: weight * logStepSize + (1 - weight) * state.logAverage, error, centre: state.centre };
}
