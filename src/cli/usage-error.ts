/** Something wrong with what the user asked for; the command ends with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
