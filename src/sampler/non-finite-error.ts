/** A log density or its gradient is NaN or infinite where a chain is to start. */
export class NonFiniteError extends Error {
  override name = "NonFiniteError";
}
