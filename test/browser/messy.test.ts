import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import { decideSchema, parseSchema, readTableBytes, TableError } from "../../src/data/index.ts";
import { encodeText } from "../../src/data/text/encoding.ts";
import { kindText } from "../../src/report/index.ts";
import { browserForTests, expectQuiet } from "./browser.ts";
import { ready, train } from "./steps.ts";
import { itShared } from "../shared.ts";

const { open } = browserForTests();
const shared = new URL("../../../shared/messy/", import.meta.url);

/** An export of a laboratory in Windows-1252: semicolons, decimal commas, dates, a code for missing, a word for missing. */
function labExport(rows: number): Uint8Array<ArrayBuffer> {
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = Math.sin(i * 1.7);
    const date = i % 7 === 3 ? "" : `${String(1 + ((i * 5) % 28)).padStart(2, "0")}.0${1 + ((i * 2) % 9)}.2023`;
    const sodium = i % 10 === 4 ? "9999" : i % 6 === 5 ? "-" : (140 + 4 * x + (i % 5) / 10).toFixed(1).replace(".", ",");
    return `${date};${sodium};${i % 9 === 1 ? "" : `${Math.round(50 + 20 * x + (i % 13))} %`};${x > 0 ? "größer" : "kleiner"}`;
  });
  return encodeText(`# Labor 3\r\nvisit;sodium;share;outcome\r\n${lines.join("\r\n")}\r\n`, "windows-1252");
}

async function download(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

it("a messy table is read, a decision changed, and the filled file comes back in its own encoding and spelling; decisions are a file", async () => {
  const bytes = labExport(80);
  const visit = await open();
  const { page } = visit;
  await ready(page);
  const table = { name: "labor.txt", mimeType: "text/plain", buffer: Buffer.from(bytes) };
  await page.locator("#file").setInputFiles(table);
  await page.getByRole("heading", { name: "labor.txt" }).waitFor();
  expect(await page.locator("#reading").innerText()).toBe("Read as Windows-1252; fields separated by semicolons; decimal commas.");
  expect(await page.locator(".notes").first().innerText()).toMatch(/not UTF-8 and is read as Windows-1252[\s\S]*1 line before the header is left alone: "# Labor 3"\./);
  const line = (name: string) => page.locator("table.columns tr:not(.column-details)", { has: page.locator("th", { hasText: name }) });
  expect(await line("visit").innerText()).toMatch(/date: as dd\.MM\.yyyy[\s\S]*01\.01\.2023 to \d\d\.09\.2023, median/);
  expect(await line("share").innerText()).toMatch(/\d+ % to \d+ %, median \d+ %/);
  expect(await page.locator("#note-count").innerText()).toContain("2 notes on 1 of 4 columns");

  // the code is missing with one click, and that can be taken back
  await page.getByRole("button", { name: "Details of sodium" }).click();
  await page.getByRole("button", { name: '"9999" means missing' }).click();
  await line("sodium").filter({ hasText: /21 \(26 %\)/ }).waitFor();
  expect(await line("sodium").innerText()).toMatch(/136 to 144,4, median 140/);
  expect(await page.locator(".column-details").innerText()).toMatch(/"-" 13[\s\S]*"9999" 8/);
  expect(await page.locator("#note-count").innerText()).toContain("1 note on");
  await page.getByLabel("Predict outcome").check();
  await page.getByRole("button", { name: "Save these decisions" }).waitFor();
  const schema = await download(page, "Save these decisions");
  expect(schema.name).toBe("labor.schema.json");
  expect(parseSchema(schema.bytes.toString())).toEqual(decideSchema(await readTableBytes(bytes, { missing: ["sodium=9999"] }), { targets: ["outcome"] }).schema);

  await page.getByRole("button", { name: "Train a model" }).click();
  await train(page, { preset: "VAE", viSteps: 10 });
  await page.getByText("What it takes its columns for").click();
  expect(await page.locator("#model table").innerText()).toMatch(/visit\s+date\s+as dd\.MM\.yyyy[\s\S]*sodium\s+positive[\s\S]*9999/);
  await page.getByRole("link", { name: "Filled table" }).click();
  await page.getByRole("button", { name: "Fill the holes" }).click();
  await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: /^visit, row 4: \d\d\.\d\d\.\d{4}, between \d\d\.\d\d\.\d{4} and \d\d\.\d\d\.\d{4}$/ }).click();
  await page.locator("#cell svg").waitFor();
  expect(await page.locator("#cell > p").first().innerText()).toMatch(/^\w+ \d\d\.\d\d\.\d{4}, deviation [\d.]+ days; with 90 % probability between \d\d\.\d\d\.\d{4} and \d\d\.\d\d\.\d{4}\.$/);
  expect(await page.locator("#cell svg").innerHTML()).toMatch(/>\d\d\.\d\d\.202\d</);
  expect(await page.getByRole("button", { name: /^sodium, row 5: 1\d\d,\d, between/ }).count()).toBe(1);
  expect(await page.getByRole("button", { name: /^share, row 2: \d+ %, between .* %$/ }).count()).toBe(1);
  const filled = await download(page, "Filled table (CSV)");
  expect(filled.name).toBe("labor-filled.txt");
  const [before, after] = [bytes, filled.bytes].map((content) => new TextDecoder("windows-1252").decode(content).split("\r\n"));
  expect(after).toHaveLength(before.length);
  before.forEach((text, i) => {
    const [old, now] = [text.split(";"), after[i].split(";")];
    old.forEach((cell, j) => {
      if (i > 1 && ["", "-", "9999"].includes(cell) && text !== "") expect(now[j]).toMatch([/^\d\d\.\d\d\.\d{4}$/, /^\d+,\d$/, /^\d+ %$/][j]);
      else expect(now[j]).toBe(cell);
    });
  });

  // a told value is a date as well, and its schema makes the next visit's table be read alike
  await page.evaluate(() => (location.hash = "#ask"));
  await page.getByRole("button", { name: "Start asking" }).click();
  await page.locator(".question[aria-busy=false]").waitFor({ timeout: 120_000 });
  await page.getByLabel("or answer about").selectOption({ label: await page.locator(".another option", { hasText: "visit" }).innerText() });
  expect(await page.locator("#expected").innerText()).toMatch(/^Expected: a date such as \d\d\.\d\d\.\d{4} \(dd\.MM\.yyyy\)/);
  await page.locator("#answer").fill("14.02.2023");
  await page.keyboard.press("Enter");
  await page.locator(".known-now", { hasText: "visit 14.02.2023" }).waitFor({ timeout: 120_000 });
  expectQuiet(visit);
  await visit.close();

  const next = await open({ gpu: false, viewport: { width: 390, height: 800 } });
  await next.page.locator("#no-gpu").waitFor();
  await next.page.locator("#file").setInputFiles([table, { name: schema.name, mimeType: "application/json", buffer: schema.bytes }]);
  await next.page.locator(".notice", { hasText: "labor.schema.json says" }).waitFor();
  expect(await next.page.getByLabel("Predict outcome").isChecked()).toBe(true);
  await next.page.getByRole("button", { name: "Details of sodium" }).click();
  expect(await next.page.locator(".column-details").innerText()).toMatch(/the schema file says so[\s\S]*"9999" 8/);
  expect(await next.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expectQuiet(next);
  await next.close();
});

itShared("each of the messy files is taken in the page for what it is taken for in Node, or its problems are told", async () => {
  const visit = await open({ gpu: false });
  const { page } = visit;
  await page.locator("#no-gpu").waitFor();
  const names = readdirSync(shared).filter((name) => /\.(csv|txt)$/.test(name));
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const content = readFileSync(new URL(name, shared));
    const table = await readTableBytes(content);
    const kinds = new Map<string, string>();
    try {
      for (const { column } of decideSchema(table, { targets: [] }).columns) kinds.set(column.name, kindText(column));
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause;
    }
    await page.locator("#file").setInputFiles({ name, mimeType: "text/csv", buffer: content });
    await page.getByRole("heading", { name, exact: true }).waitFor();
    await page.locator('#columns[data-table="' + name + '"]').waitFor();
    const lines = page.locator("table.columns tbody tr");
    expect(await lines.count(), name).toBe(table.columns.length);
    if (kinds.size === 0) {
      // the one typo: its column is left out until it is decided about
      expect(await lines.filter({ has: page.locator(".fixes button") }).count(), name).toBeGreaterThan(0);
      continue;
    }
    const shown = await lines.evaluateAll((rows) => rows.map((row) => [row.querySelector("th")!.textContent, row.querySelector("select")!.selectedOptions[0].textContent]));
    expect(shown.map(([column, type]) => [column, type!.split(":")[0].replace("ignore", "left out")]), name).toEqual(table.columns.map((column) => [column, kinds.get(column)]));
  }
  expectQuiet(visit);
});
