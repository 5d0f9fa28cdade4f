/** What is wrong with a model's file: assembled into one sentence. */
interface ModelFileProblem {
  /** The file, and the place in it. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What the reader of the message can do. */
  readonly remedy: string;
}

/** A model's file (weights, configuration, schema) that cannot be read: truncated, foreign, or of another version. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  readonly problem: ModelFileProblem;

  constructor(problem: ModelFileProblem) {
    super(`${problem.where}: expected ${problem.expected}, got ${problem.got}; ${problem.remedy}.`);
    this.problem = problem;
  }
}
