/**
 * Counts from vitest's JSON report (null when it wrote none). A file that does not load counts as one failure, as do a failed type
 * check, a run without any test, and an exit status that no test explains (errors outside tests, a killed run).
 */
export function countResults(report, status, typesHold) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (state) => tests.filter((test) => test.status === state).length;
  const passed = count("passed");
  const inTests = count("failed");
  const unloaded = files.filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")).length;
  const unexplained = inTests + unloaded === 0 && (status !== 0 || tests.length === 0) ? 1 : 0;
  return { passed, failed: inTests + unloaded + unexplained + (typesHold ? 0 : 1), skipped: tests.length - passed - inTests };
}
