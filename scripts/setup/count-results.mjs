/**
 * Counts from vitest's JSON report (null when it wrote none). A file that does not load counts as one failure, as does each check
 * that did not hold (types, lint), a run without any test, and an exit status that no test explains (errors outside tests, a killed run).
 */
export function countResults(report, status, checks) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (state) => tests.filter((test) => test.status === state).length;
  const passed = count("passed");
  const inTests = count("failed");
  const unloaded = files.filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")).length;
  const unexplained = inTests + unloaded === 0 && (status !== 0 || tests.length === 0) ? 1 : 0;
  return { passed, failed: inTests + unloaded + unexplained + checks.filter((holds) => !holds).length, skipped: tests.length - passed - inTests };
}
