import { readFileSync } from "node:fs";
import { strToU8, unzipSync, zipSync } from "fflate";
import { expect, it } from "vitest";
import { readTableBytes } from "../../src/data/index.ts";
import { browserForTests, expectQuiet } from "./browser.ts";
import { ready, train } from "./steps.ts";

const { open } = browserForTests();

/** A workbook with a sheet of remarks and one that holds a table. */
function workbook(rows: number): Uint8Array<ArrayBuffer> {
  const text = (at: string, value: string): string => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const number = (at: string, value: string): string => (value === "" ? "" : `<c r="${at}"><v>${value}</v></c>`);
  const sheet = (lines: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.map((line, i) => `<row r="${i + 1}">${line}</row>`).join("")}</sheetData></worksheet>`;
  const table = Array.from({ length: rows }, (_, i) => {
    const x = Math.sin(i * 1.7);
    return [number(`A${i + 2}`, i % 6 === 2 ? "" : (20 + 5 * x).toFixed(1)), number(`B${i + 2}`, i % 5 === 1 ? "" : (3 + x + (i % 7) / 10).toFixed(2)), text(`C${i + 2}`, x > 0 ? "high" : "low")].join("");
  });
  const relations = (of: readonly [string, string][]): string => `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${of.map(([kind, target], i) => `<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${target}"/>`).join("")}</Relationships>`;
  const content = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  return zipSync({
    "[Content_Types].xml": strToU8(`<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${content}.sheet.main+xml"/>${[1, 2].map((i) => `<Override PartName="/xl/worksheets/sheet${i}.xml" ContentType="${content}.worksheet+xml"/>`).join("")}</Types>`),
    "_rels/.rels": strToU8(relations([["officeDocument", "xl/workbook.xml"]])),
    "xl/workbook.xml": strToU8(`<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Remarks" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="2" r:id="rId2"/></sheets></workbook>`),
    "xl/_rels/workbook.xml.rels": strToU8(relations([["worksheet", "worksheets/sheet1.xml"], ["worksheet", "worksheets/sheet2.xml"]])),
    "xl/worksheets/sheet1.xml": strToU8(sheet([text("A1", "who") + text("B1", "what"), text("A2", "Ada") + text("B2", "measured")])),
    "xl/worksheets/sheet2.xml": strToU8(sheet([text("A1", "age") + text("B1", "dose") + text("C1", "outcome"), ...table])),
  }) as Uint8Array<ArrayBuffer>;
}

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
