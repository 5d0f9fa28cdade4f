import { expect, it } from "vitest";
import { browserForTests, expectQuiet } from "./browser.ts";
import { ready, setLeastGain } from "./steps.ts";

const { open } = browserForTests();

it("the first view says what the page is for and shows a finished example without a click; it opens to be asked", async () => {
  const begun = performance.now();
  const visit = await open();
  const { page } = visit;
  const example = page.locator("#example");
  await example.locator("td.filled").first().waitFor();
  console.log(`the example's answers are there after ${((performance.now() - begun) / 1000).toFixed(1)} s, the browser's start included`);
  expect(await page.locator(".purpose").innerText()).toMatch(/^Fill the holes in a table, see how sure each value is, and learn which value to measure next\./);
  expect(await example.innerText()).toMatch(/398 cars with 289 holes[^]*Nothing known: 23\.06 economy \(mpg\), 90 % between 13 and 36\.48[^]*Most worth measuring next: weight \(lb\)[^]*Is its model good\? Good/);
  // its model is not fetched before it is asked for
  expect(visit.requests.filter((url) => url.endsWith("cars.hhvaem"))).toEqual([]);
  expect(await page.title()).toBe("Data – hhvaem");
  await ready(page);
  await page.getByRole("button", { name: "See its filled table" }).click();
  await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
  expect(await page.getByText("289 holes in 206 rows are filled").count()).toBe(1);
  expect(await page.locator("#verdict-line").innerText()).toContain("Good");
  expect(await page.title()).toBe("Filled table, cars-with-holes.csv – hhvaem");

  await page.getByRole("link", { name: "Ask next" }).click();
  await page.getByRole("button", { name: "Start asking" }).click();
  await page.locator('.question[aria-busy="false"]').waitFor({ timeout: 120_000 });
  expect(await page.getByRole("heading", { name: /^What is .+\?$/ }).count()).toBe(1);
  // a good model may say that it is enough
  await setLeastGain(page, 9);
  expect(await page.locator("#enough").innerText()).toMatch(/^Enough\. No value that is left[^]*would hardly change the prediction/);

  // what only experts need stands apart
  const experts = page.locator("nav .experts");
  expect(await experts.innerText()).toMatch(/^For experts\s+Posterior\s+Tuning\s+Bench$/);
  await experts.getByRole("link", { name: "Tuning" }).click();
  await page.getByRole("radio", { name: "Tuning on known targets" }).waitFor();
  expect(await experts.getByRole("link", { name: "Tuning" }).getAttribute("aria-current")).toBe("page");
  expectQuiet(visit);
  await visit.close();
});

it("from an own file to a filled cell takes four clicks", async () => {
  const visit = await open();
  const { page } = visit;
  await ready(page);
  const lines = Array.from({ length: 60 }, (_, i) => `${i % 7 === 3 ? "" : i},${(2 * i + (i % 3)).toFixed(1)},${i % 2 ? "yes" : "no"}`);
  // the first: choose a file
  await page.locator("#file").setInputFiles({ name: "own.csv", mimeType: "text/csv", buffer: Buffer.from(`a,b,c\n${lines.join("\n")}\n`) });
  await page.getByRole("button", { name: "Train a model without target" }).click();
  // no click of the path: the test has less time than the two minutes that are set
  await page.getByLabel("Another time, in minutes").fill("0.1");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("button", { name: "See the filled table" }).click({ timeout: 240_000 });
  await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
  expectQuiet(visit);
  await visit.close();
});

it("everything is forgotten only after a question", async () => {
  const visit = await open();
  const { page } = visit;
  await ready(page);
  const questions: string[] = [];
  let answer = false;
  page.on("dialog", (dialog) => {
    questions.push(dialog.message());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  await page.getByRole("button", { name: "Forget everything" }).click();
  expect(questions).toHaveLength(1);
  expect(questions[0]).toContain("cannot be undone");
  expect(await page.getByText("Nothing is kept in this browser any more").count()).toBe(0);
  answer = true;
  await page.getByRole("button", { name: "Forget everything" }).click();
  await page.getByText("Nothing is kept in this browser any more").waitFor();
  expectQuiet(visit);
  await visit.close();
});
