import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseTable, readTableBytes, writeParquet } from "../../src/data/index.ts";
import { workFolder } from "../cli/run.ts";
import { browserForTests, expectQuiet, pageFolder } from "./browser.ts";
import { ready, train } from "./steps.ts";

const { open } = browserForTests();
const folder = workFolder();

it("opens a Parquet file, fills it, and saves it as Parquet with its types and as CSV", async () => {
  const cars = parseTable(readFileSync(`${pageFolder}/examples/cars.csv`));
  const path = folder.path("cars.parquet");
  folder.write("cars.parquet", Buffer.from(await writeParquet(cars, [() => undefined])));
  const given = await readTableBytes(readFileSync(path));

  const visit = await open();
  const { page } = visit;
  await ready(page);
  await page.locator("#file").setInputFiles(path);
  await page.getByRole("heading", { name: "cars.parquet" }).waitFor();
  expect(await page.getByText("406 rows, 8 columns, 14 cells missing.").count()).toBe(1);
  await page.getByLabel("Predict economy (mpg)").check();
  // 306 names of cars tell nothing, and their levels are long to compile; they are carried along
  await page.getByLabel("Type of name").selectOption("ignore");
  await page.getByRole("button", { name: "Train a model" }).click();
  await train(page, { marginalSteps: 5, viSteps: 10, hmcSteps: 1 });
  await page.getByRole("link", { name: "Filled table" }).click();
  await page.getByRole("button", { name: "Fill the holes" }).click();
  await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });

  const saved = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return { name: file.suggestedFilename(), table: await readTableBytes(readFileSync(await file.path())) };
  };
  const [parquet, csv, many] = [await saved("Filled table (Parquet)"), await saved("Filled table (CSV)"), await saved("Imputations (Parquet)")];
  expect([parquet.name, csv.name, many.name]).toEqual(["cars-filled.parquet", "cars-filled.csv", "cars-10-imputations.parquet"]);
  for (const { table } of [parquet, csv]) {
    expect([table.columns, table.rows]).toEqual([given.columns, given.rows]);
    for (let row = 0; row < given.rows; row++) {
      for (let column = 0; column < given.columns.length; column++) {
        expect(table.isMissing(row, column)).toBe(false);
        if (!given.isMissing(row, column)) expect(table.cell(row, column)).toBe(given.cell(row, column));
      }
    }
  }
  expect(many.table.columns).toEqual(["imputation", ...given.columns]);
  expect(many.table.rows).toBe(10 * given.rows);
  expect([many.table.cell(0, 0), many.table.cell(10 * given.rows - 1, 0)]).toEqual(["1", "10"]);
  expectQuiet(visit);
  await visit.close();
});
