import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { hhvaem, workFolder } from "../cli/run.ts";
import { browserForTests, expectQuiet } from "./browser.ts";
import { openExample, train } from "./steps.ts";

const { open } = browserForTests();
const folder = workFolder();

/** The numbers of "Mean 99, deviation 14; with 90 % probability between 77 and 124." */
async function believed(page: Page): Promise<number[]> {
  const text = await page.locator("#cell > p").first().innerText();
  return [...text.matchAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/g)].map(([number]) => Number(number));
}

describe("the page, as a user meets it", () => {
  it("an example is opened, trained, filled, saved, found again after a reload, and opened by the command line", async () => {
    const visit = await open();
    const { page } = visit;
    await openExample(page, "cars");
    expect(await page.getByLabel("Type of cylinders").inputValue()).toBe("ordinal");
    expect(await page.getByLabel("Type of name").inputValue()).toBe("ignore");
    expect(await page.getByLabel("Predict economy (mpg)").isChecked()).toBe(true);
    expect(await page.getByText("406 rows, 8 columns, 14 cells missing.").count()).toBe(1);

    await page.getByRole("button", { name: "Train a model" }).click();
    await train(page, { marginalSteps: 50, viSteps: 100, hmcSteps: 4 });
    expect(await page.locator("#model").innerText()).toContain("predicts economy (mpg)");
    await page.getByText("All curves, for experts").click();
    await page.locator(".panels svg").nth(4).waitFor();
    expect(await page.locator(".panels svg").count()).toBeGreaterThanOrEqual(5);

    await page.getByRole("link", { name: "Filled table" }).click();
    await page.getByRole("button", { name: "Fill the holes" }).click();
    const holes = page.locator("td.filled button");
    await holes.first().waitFor({ timeout: 120_000 });
    expect(await page.getByText("14 holes in 14 rows are filled").count()).toBe(1);
    const hole = page.getByRole("button", { name: /^power \(hp\), row 6: / });
    await hole.click();
    await page.locator("#cell svg").waitFor();
    const [mean, deviation, mass, lower, upper] = await believed(page);
    expect(mass).toBe(90);
    expect(lower).toBeLessThan(mean);
    expect(mean).toBeLessThan(upper);
    expect(deviation).toBeGreaterThan(0);
    expect(Number(await hole.innerText())).toBe(Math.round(mean));

    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Filled table (CSV)" }).click()]);
    expect(csv.suggestedFilename()).toBe("cars-filled.csv");
    const filled = readFileSync(await csv.path(), "utf8");
    expect(filled.split("\n")[6]).toMatch(new RegExp(`^AMC Concord DL,23,4,151,${await hole.innerText()},3035,20.5,82$`));
    expect(filled).not.toMatch(/,,/);
    const [many] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Imputations (CSV)" }).click()]);
    const lines = readFileSync(await many.path(), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(1 + 10 * 406);
    expect(lines[0]).toBe("imputation,name,economy (mpg),cylinders,displacement (cc),power (hp),weight (lb),0-60 mph (s),year");

    await page.getByRole("link", { name: "Train" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the model" }).click()]);
    expect(file.suggestedFilename()).toBe("cars.hhvaem");
    const model = folder.path("cars.hhvaem");
    await file.saveAs(model);

    // what the page kept in the browser is there after a reload, at the same place
    await page.reload();
    await page.locator("footer", { hasText: "model: cars" }).waitFor({ timeout: 60_000 });
    expect(page.url()).toMatch(/#train$/);
    expect(await page.locator("#model").innerText()).toContain("HHVAEM");
    expectQuiet(visit);

    // the command line opens the file and says the same of the hole, within sampling error
    const table = folder.write("cars.csv", readFileSync(new URL("../../dist/web/examples/cars.csv", import.meta.url)));
    const run = hhvaem("impute", model, table, "-o", folder.path("filled.csv"), "--cells", folder.path("cells.csv"), "--draws", "200");
    expect(run).toMatchObject({ code: 0, err: "" });
    const [, , value, sd] = readFileSync(folder.path("cells.csv"), "utf8").split("\n").find((line) => line.startsWith("7,power (hp)"))!.split(",").map(Number);
    // two means of 200 draws each: standard error of their difference, and of a deviation's logarithm, four times over
    expect(Math.abs(value - mean)).toBeLessThanOrEqual(4 * deviation * Math.sqrt(2 / 200));
    expect(Math.abs(Math.log(sd / deviation))).toBeLessThanOrEqual(4 * Math.sqrt(1 / 200));
    await visit.close();

    // and another visitor opens it in the page
    const other = await open();
    await other.page.locator("#file").setInputFiles(model);
    await other.page.locator("footer", { hasText: "model: cars" }).waitFor({ timeout: 60_000 });
    await openExample(other.page, "cars");
    await other.page.getByRole("link", { name: "Filled table" }).click();
    await other.page.getByRole("button", { name: "Fill the holes" }).click();
    await other.page.getByRole("button", { name: /^power \(hp\), row 6: / }).click({ timeout: 120_000 });
    await other.page.locator("#cell svg").waitFor();
    expect(await believed(other.page)).toEqual([mean, deviation, mass, lower, upper]);
    expectQuiet(other);
  });
});
