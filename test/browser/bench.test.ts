import { expect, it } from "vitest";
import { browserForTests, expectQuiet } from "./browser.ts";
import { ready } from "./steps.ts";

const { open } = browserForTests();

it("measures products, chains and steps of training, and says it in a line to copy", async () => {
  const visit = await open({ path: "#bench?ms=40" });
  const { page } = visit;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ready(page);
  await page.getByRole("button", { name: "Measure", exact: true }).click();
  await page.locator("#bench-line").waitFor({ timeout: 180_000 });

  const families = page.locator(".bench-family");
  expect(await families.locator("h3").allInnerTexts()).toEqual(["Multiply-adds in registers", "Products of matrices", "Hamiltonian Monte Carlo", "Training, ELBO stage", "Training, HMC stage"]);
  const times = await page.locator("#bench-results tbody tr td:first-of-type").allInnerTexts();
  expect(times.length).toBeGreaterThanOrEqual(5);
  for (const text of times) expect(parseFloat(text.replaceAll(",", ""))).toBeGreaterThan(0);
  expect(await page.locator("#bench-adapter").innerText()).toMatch(/swiftshader.*\(software/i);

  const line = await page.locator("#bench-line").inputValue();
  expect(line).toMatch(/^hhvaem \d+\.\d+\.\d+ \| [^|]*swiftshader[^|]* \| matmul [\d,]+ x [\d,]+ x [\d,]+: [\d.]+ GFLOP\/s \| HMC, [\d,]+ chains: [\d.]+ million leapfrog steps\/s \| ELBO step [\d.,]+ ms \| HMC step [\d.,]+ ms \| Chrome \d+ \| \d{4}-\d\d-\d\d$/i);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByText("copied", { exact: true }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(line);

  // a measurement can be stopped, and says what it has
  await page.getByRole("button", { name: "Measure again" }).click();
  await page.locator("#bench-results").waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("as far as measured").waitFor({ timeout: 60_000 });
  expect((await page.locator("#bench-line").inputValue()).length).toBeLessThan(line.length);
  expectQuiet(visit);
  await visit.close();
});
