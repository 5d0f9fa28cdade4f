/** A NaN or an infinity where training or sampling cannot go on. */
export class NonFiniteError extends Error {
  override name = "NonFiniteError";
}
