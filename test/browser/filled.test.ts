import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { browserForTests, expectQuiet, type Visit } from "./browser.ts";
import { ready } from "./steps.ts";

const { open } = browserForTests();

/** What has the keyboard, by its name. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
/** The row numbers that are there, from above. */
const numbers = async (page: Page) => (await page.locator(".virtual tbody th").allInnerTexts()).map(Number);
const shown = (page: Page) => page.locator(".virtual + [role=status]");

describe("the filled table beside one of its cells", () => {
  let visit: Visit;
  let page: Page;
  beforeAll(async () => {
    visit = await open({ viewport: { width: 1280, height: 800 } });
    page = visit.page;
    await ready(page);
    await page.getByRole("button", { name: "See its filled table" }).click();
    await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
  });
  afterAll(async () => {
    expectQuiet(visit);
    await visit.close();
  });

  it("shows a cell beside the table, in sight, and closes it", async () => {
    await page.locator("td.filled button").first().click();
    const panel = page.locator("#cell");
    await panel.locator("svg").waitFor();
    const { y, height } = (await panel.boundingBox())!;
    expect(y).toBeGreaterThan(0);
    expect(y + height).toBeLessThan(800);
    await panel.getByRole("button", { name: "Close" }).click();
    await panel.waitFor({ state: "detached" });
  });

  it("has a few rows there at a time, and any row by its number", async () => {
    expect(await shown(page).innerText()).toBe("206 of 398 rows, 289 holes");
    expect((await numbers(page)).length).toBeLessThan(60);
    await page.locator("input[name=row]").fill("398");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await expect.poll(() => numbers(page)).toContain(398);
    await page.locator("input[name=row]").fill("3");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    // the row has no hole: all rows are shown
    await expect.poll(() => shown(page).innerText()).toBe("398 of 398 rows, 289 holes");
    await expect.poll(() => numbers(page)).toContain(3);
    await page.getByLabel("only rows with holes").check();
    await expect.poll(() => shown(page).innerText()).toContain("206 of");
  });

  it("is ordered by a column, by how sure its holes are, and filtered", async () => {
    const first = async (): Promise<string> => (await page.locator(".virtual tbody tr[aria-rowindex='2'] td").nth(1).innerText()).trim();
    await page.getByRole("button", { name: "economy (mpg)" }).click();
    await page.locator(".virtual").evaluate((element) => (element.scrollTop = 0));
    await expect.poll(first).toBe("10");
    await page.getByRole("button", { name: "economy (mpg)" }).click();
    await expect.poll(async () => Number(await first())).toBeGreaterThan(40);
    await page.locator("select[name=order]").selectOption("unsure");
    const shade = (at: number) => page.locator(".virtual tbody tr:not(.space)").nth(at).locator("td.filled").evaluateAll((cells) => Math.max(...cells.map((cell) => parseInt((cell as HTMLElement).style.getPropertyValue("--uncertainty"), 10))));
    await expect.poll(() => shade(0)).toBeGreaterThan(90);
    expect(await shade(0)).toBeGreaterThanOrEqual(await shade(8));
    await page.locator("select[name=holeIn]").selectOption({ label: "year (36)" });
    await expect.poll(() => shown(page).innerText()).toMatch(/^36 of 398 rows/);
    await page.locator("select[name=holeIn]").selectOption({ label: "any column" });
    await page.locator("select[name=order]").selectOption("table");
    await expect.poll(() => shown(page).innerText()).toBe("206 of 398 rows, 289 holes");
  });

  it("arrow keys go from hole to hole, the keyboard stays in the table, and the panel follows", async () => {
    await page.locator("td.filled button").first().click();
    await page.locator("#cell svg").waitFor();
    await page.locator("td.filled button").first().focus();
    const seen = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const before = await focused(page);
      seen.add(before);
      await page.keyboard.press("ArrowDown");
      await expect.poll(() => focused(page)).not.toBe(before);
      await expect.poll(() => focused(page)).toMatch(/, row \d+: /);
    }
    expect(seen.size).toBe(30);
    const [, column, row] = /^(.*), row (\d+): /.exec(await focused(page))!;
    // far below what was there at first
    expect(Number(row)).toBeGreaterThan(40);
    await expect.poll(() => page.locator("#cell h2").innerText()).toBe(`${column}, row ${row}`);
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => focused(page)).not.toContain(`row ${row}:`);
  });

  it("files have the intervals, and leave cells empty that are less sure than wished", async () => {
    const [cells] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Each filled cell with its interval (CSV)" }).click()]);
    const [head, ...lines] = readFileSync(await cells.path(), "utf8").trimEnd().split("\n");
    expect(head).toBe("line,column,value,unsure,lower,upper,probabilities");
    expect(lines).toHaveLength(289);
    const unsure = lines.filter((line) => Number(line.split(",")[3]) > 0.25).length;
    expect(unsure).toBeGreaterThan(10);
    await page.locator("select[name=unsure]").selectOption("25");
    const [some] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Filled table (CSV)" }).click()]);
    const empty = readFileSync(await some.path(), "utf8").trimEnd().split("\n").flatMap((line) => line.split(",")).filter((cell) => cell === "").length;
    // the file rounds how unsure a cell is
    expect(Math.abs(empty - unsure)).toBeLessThanOrEqual(2);
  });

  it("a filling can be stopped; what was filled before stays", async () => {
    await page.getByText("Fill again, with other settings").click();
    await page.locator("input[name=draws]").fill("2000");
    await page.getByRole("button", { name: "Fill again", exact: true }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("Fill again, with other settings").waitFor({ timeout: 60_000 });
    expect(await page.getByText("289 holes in 206 rows are filled").count()).toBe(1);
    expect(await page.locator("td.filled button").count()).toBeGreaterThan(5);
  });
});

it("on a phone the cell comes over the table's end, within the window", async () => {
  const visit = await open({ viewport: { width: 380, height: 800 } });
  const { page } = visit;
  await ready(page);
  await page.getByRole("button", { name: "See its filled table" }).click();
  await page.locator("td.filled button").first().click({ timeout: 120_000 });
  await page.locator("#cell svg").waitFor();
  const { x, y, width } = (await page.locator("#cell").boundingBox())!;
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(380);
  expect(y).toBeLessThan(700);
  // nothing of the page lies beside the window, and every tab is in it
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
  for (const link of await page.locator("nav a").all()) {
    const box = (await link.boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(380);
  }
  expectQuiet(visit);
  await visit.close();
});
