import { expect, it } from "vitest";
import { browserForTests, expectQuiet } from "./browser.ts";
import { openExample, setLeastGain, train } from "./steps.ts";

const { open } = browserForTests();

it("every training ends with a verdict from rows that it has not seen, which goes with the model and gates what the page says", async () => {
  const visit = await open();
  const { page } = visit;
  await openExample(page, "cars");
  await page.getByRole("button", { name: "Train a model" }).click();
  // hardly trained at all
  await train(page, { preset: "HVAE", viSteps: 5 });
  const card = page.locator("#verdict");
  expect(await card.innerText()).toMatch(/Is the model good\?\s*(Not ready|Fair)/);
  expect(await card.innerText()).toMatch(/Its errors are (\d+ % (smaller|larger) than|as large as) those of filling in each column.s middle or most frequent level, and \d+ % larger than those of ten similar rows/);
  expect(await card.innerText()).toMatch(/Its 90 % intervals held \d+ % of \d+ numbers/);
  expect(await card.innerText()).toContain("41 of 406 rows were held back");
  await page.getByText("Column by column").click();
  expect(await card.locator("table tbody tr").count()).toBe(7);
  expect(await card.locator("tbody th").last().innerText()).toBe("economy (mpg) (target)");
  // the next step of a model that is not ready is to train on, and starting again is no main button
  expect(await page.getByRole("button", { name: "Start again" }).getAttribute("class")).toBe("");
  expect(await page.locator("main button.primary").allInnerTexts()).toHaveLength(1);

  await page.getByRole("link", { name: "Ask next" }).click();
  const said = await page.locator("#verdict-line").innerText();
  expect(said).toMatch(/Is the model good\? (Not ready|Fair)/);
  await page.getByRole("button", { name: "Start asking" }).click();
  await page.locator('.question[aria-busy="false"]').waitFor({ timeout: 120_000 });
  await setLeastGain(page, 9);
  expect(await page.locator("#enough").innerText()).toMatch(/The model sees nothing more to ask\.[^]*has not shown that it can be relied on/);
  await page.getByRole("link", { name: "Filled table" }).click();
  expect(await page.locator("#verdict-line").innerText()).toBe(said);

  // after a reload the kept model says the same
  await page.reload();
  await page.locator("#verdict-line").waitFor({ timeout: 60_000 });
  expect(await page.locator("#verdict-line").innerText()).toBe(said);
  expectQuiet(visit);
  await visit.close();
});

it("a model that no rows were held back for says that it is not checked", async () => {
  const visit = await open();
  const { page } = visit;
  await openExample(page, "penguins");
  await page.getByRole("button", { name: "Train a model" }).click();
  await page.getByText(/^Details/).first().click();
  await page.getByLabel("Hold a tenth of the rows back").uncheck();
  await page.getByText(/^Details/).first().click();
  await train(page, { preset: "HVAE", viSteps: 5 });
  expect(await page.locator("#verdict").innerText()).toMatch(/Not checked\s+No rows were held back/);
  expectQuiet(visit);
  await visit.close();
});
