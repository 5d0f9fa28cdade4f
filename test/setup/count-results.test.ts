import { expect, test } from "vitest";
import { countResults } from "../../scripts/setup/count-results.mjs";

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((state) => ({ status: state })) });
const report = (...testResults: ReturnType<typeof file>[]) => ({ testResults });

test("counts passed, failed and skipped tests", () => {
  expect(countResults(report(file("passed", "passed", "passed", "pending"), file("failed", "passed", "failed")), 1, [true])).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

test("a file that does not load is a failure", () => {
  expect(countResults(report(file("passed", "passed"), file("failed")), 1, [true])).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("type errors and lint findings are a failure each", () => {
  expect(countResults(report(file("passed", "passed")), 0, [false, true])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(countResults(report(file("passed", "passed")), 0, [false, false])).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

test("no report, no tests and an error outside the tests are failures", () => {
  expect(countResults(null, 1, [true])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countResults(null, null, [true, true])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countResults(report(), 0, [true])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(countResults(report(file("passed", "passed")), 1, [true])).toEqual({ passed: 1, failed: 1, skipped: 0 });
});
