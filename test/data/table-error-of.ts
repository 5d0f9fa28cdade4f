import { expect } from "vitest";
import { TableError } from "../../src/data/index.ts";

/** The message of the TableError that the work throws; "no error" if it throws none. */
export function message(work: () => unknown): string {
  try {
    work();
  } catch (cause) {
    expect(cause).toBeInstanceOf(TableError);
    return (cause as Error).message;
  }
  return "no error";
}
