import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { readTableBytes } from "../../src/data/index.ts";
import { workbook } from "../data/workbook.ts";
import { browserForTests, expectQuiet } from "./browser.ts";
import { ready, train } from "./steps.ts";

const { open } = browserForTests();

it("a workbook is dropped, another sheet chosen, and it comes back as a workbook whose holes alone are filled", async () => {
  const bytes = workbook(60);
  const visit = await open();
  const { page } = visit;
  await ready(page);
  await page.evaluate(async (base64) => {
    const data = new DataTransfer();
    const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([content], "clinic.xlsx"));
    document.querySelector(".drop")!.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  }, Buffer.from(bytes).toString("base64"));
  await page.getByText("1 rows, 2 columns").waitFor();
  expect(await page.locator("#reading").innerText()).toContain('the sheet "Remarks"');
  await page.getByRole("button", { name: "Read the sheet “Data”" }).click();
  await page.getByText("60 rows, 3 columns, 22 cells missing.").waitFor();
  await page.getByText("Read it otherwise").click();
  expect(await page.getByLabel("Sheet").inputValue()).toBe("Data");
  await page.getByLabel("Predict outcome").check();
  await page.getByRole("button", { name: "Train a model" }).click();
  await train(page, { preset: "VAE", viSteps: 10 });
  await page.getByRole("link", { name: "Filled table" }).click();
  await page.getByRole("button", { name: "Fill the holes" }).click();
  await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Filled table (Excel)" }).click()]);
  expect(file.suggestedFilename()).toBe("clinic-filled.xlsx");
  const filled = readFileSync(await file.path());
  const [before, after] = await Promise.all([bytes, filled].map((content) => readTableBytes(content, { sheet: "Data" })));
  expect([after.columns, after.rows]).toEqual([["age", "dose", "outcome"], 60]);
  for (let row = 0; row < 60; row++) {
    for (let column = 0; column < 3; column++) {
      expect(after.isMissing(row, column)).toBe(false);
      if (!before.isMissing(row, column)) expect(after.cell(row, column)).toBe(before.cell(row, column));
    }
  }
  expect(unzipSync(new Uint8Array(filled))["xl/worksheets/sheet1.xml"]).toEqual(unzipSync(bytes)["xl/worksheets/sheet1.xml"]);
  expectQuiet(visit);
});
