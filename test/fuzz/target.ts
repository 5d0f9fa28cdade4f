import type { Arbitrary } from "fast-check";
import type { Gpu } from "../../src/gpu/device.ts";

/** One thing that is tried with inputs at random. */
export interface Target<T = unknown> {
  readonly name: string;
  /** What holds for every input, in a line. */
  readonly about: string;
  /** Inputs that can be written as JSON, so that those that went wrong can be kept. */
  readonly inputs: Arbitrary<T>;
  /** Throws, and says what is wrong, where an input breaks what is promised. */
  check(input: T, device: () => Promise<Gpu>): Promise<void> | void;
  /** How many inputs the tests try. */
  readonly few: number;
}

/** A target among others, whatever its inputs are. */
export const target = <T>(own: Target<T>): Target => own as Target;

/** Throws unless an error is one that says what to do, of these names. */
export function expectNamed(cause: unknown, names: readonly string[]): void {
  const error = cause as Error;
  if (!names.includes(error.name)) throw new Error(`expected one of ${names.join(", ")}, got ${error.stack ?? String(cause)}`);
  // what stands in quotes is the file's own
  if (/\n\s+at |\bundefined\b|\[object/.test(error.message.replace(/"(\\.|[^"\\])*"/g, '""'))) throw new Error(`an odd message: ${error.message}`);
}
