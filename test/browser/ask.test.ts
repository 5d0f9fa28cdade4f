import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { hhvaem, workFolder } from "../cli/run.ts";
import { browserForTests, expectQuiet, type Visit } from "./browser.ts";
import { openExample, ready } from "./steps.ts";

const { open } = browserForTests();
const folder = workFolder();
const model = folder.path("cars.hhvaem");

// the command line trains a model that has learned something in a few seconds
beforeAll(() => {
  const table = folder.write("cars.csv", readFileSync(new URL("../../dist/web/examples/cars.csv", import.meta.url)));
  const run = hhvaem("train", table, "--target", "economy (mpg)", "--type", "name=ignore", "--preset", "HHVAEM", "--no-report", "--marginal-steps", "200", "--vi-steps", "600", "--hmc-steps", "4", "--out", folder.path("model"));
  expect(run.code, run.err).toBe(0);
  expect(hhvaem("convert", folder.path("model"), "-o", model).code).toBe(0);
});

/** A page with the model open, and the table if wanted, at the questions. */
async function atQuestions(path: string, withTable: boolean): Promise<Visit> {
  const visit = await open();
  const { page } = visit;
  if (withTable) await openExample(page, "cars");
  else await ready(page);
  await page.locator("#file").setInputFiles(model);
  await page.locator("footer", { hasText: "model: cars" }).waitFor({ timeout: 60_000 });
  await page.evaluate((hash) => void (location.hash = hash), path);
  return visit;
}

/** Waits until the answer to `act` is there. */
async function settled(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate(() => document.querySelector<HTMLElement>(".prediction")?.innerText ?? "");
  await act();
  await page.waitForFunction((text) => (document.querySelector<HTMLElement>(".prediction")?.innerText ?? "") !== text, before, { timeout: 120_000 });
  await page.locator('.question[aria-busy="false"]').waitFor();
}

async function interval(page: Page): Promise<[number, number]> {
  const [, lower, upper] = /between (-?[\d.]+) and (-?[\d.]+)/.exec(await page.locator(".belief").innerText())!;
  return [Number(lower), Number(upper)];
}

const asked = async (page: Page): Promise<string> => /^What is (.*)\?$/.exec(await page.locator("#question").innerText())![1];
/** Names and gains of the table beside the bars. */
const gains = (page: Page): Promise<[string, number][]> =>
  page.locator(".gains tbody tr").evaluateAll((rows) => rows.map((row): [string, number] => [row.querySelector("th")!.textContent!.trim(), Number(row.querySelector("td")!.textContent)]));

describe("ask next", () => {
  it("without a model the view says what to do", async () => {
    const { page } = await open({ path: "#ask" });
    await ready(page);
    expect(await page.locator("main").innerText()).toContain("There is no model yet");
    await page.getByRole("button", { name: "Open a table or a model" }).click();
    expect(page.url()).toMatch(/#data$/);
  });

  it("from a row, by keyboard: the prediction tightens and the bars change with each answer; back, unknown, forget and costs", async () => {
    const visit = await atQuestions("#ask?row=12", true);
    const { page } = visit;
    await page.getByRole("button", { name: "Untick all" }).click();
    await settled(page, () => page.getByRole("button", { name: "Start asking" }).click());
    expect(page.url()).toMatch(/#ask\?row=12$/);
    await page.waitForFunction(() => document.activeElement?.id === "answer");
    await page.locator(".gains details summary").click();
    const first = await gains(page);
    expect(first).toHaveLength(6);
    expect(first[0][0]).toBe(await asked(page));
    expect(first.map(([, gain]) => gain)).toEqual(first.map(([, gain]) => gain).sort((a, b) => b - a));
    // charts are drawn in turn, a moment after their section is there
    await page.locator(".gains svg [aria-label=bar] rect").nth(5).waitFor();
    expect(await page.locator(".gains svg [aria-label=bar] rect").count()).toBe(6);
    const start = await interval(page);

    // the weight of the twelfth car; whatever is asked for first
    await page.getByLabel("or answer about").selectOption({ label: await page.locator(".another option", { hasText: "weight (lb)" }).innerText() });
    expect(await asked(page)).toBe("weight (lb)");
    await page.locator("#answer").fill("12,5");
    await page.keyboard.press("Enter");
    await page.locator("#remark").waitFor();
    expect(await page.locator("#remark").innerText()).toMatch(/^weight \(lb\): expected a number from 0 on, usually \d+ to \d+, got "12,5"; write it with a decimal point and no comma\.$/);
    await page.locator("#answer").fill("2648");
    await settled(page, () => page.keyboard.press("Enter"));
    const second = await interval(page);
    expect(second[1] - second[0]).toBeLessThan(0.9 * (start[1] - start[0]));
    await page.waitForFunction(() => document.activeElement?.id === "answer");
    expect(await page.locator('.ask [role="status"]').first().innerText()).toMatch(/^economy \(mpg\): [\d.]+, with 90 % probability between [\d.]+ and [\d.]+\. (Next: .*|There is a reason to stop)\.$/);
    const after = await gains(page);
    expect(after.map(([name]) => name)).not.toContain("weight (lb)");
    expect(Math.max(...after.map(([, gain]) => gain))).toBeLessThan(first[0][1]);
    expect(await page.locator(".known-now").innerText()).toContain("weight (lb) 2648");

    // a level is a button; what the row says of the others can be taken
    await page.getByRole("button", { name: "Answer about year" }).click();
    await settled(page, () => page.getByRole("button", { name: "Take the row’s value" }).click());
    expect(await page.locator(".known-now").innerText()).toContain("year 70");
    await page.getByRole("button", { name: "Answer about cylinders" }).click();
    await page.waitForFunction(() => document.activeElement?.id === "answer");
    await page.keyboard.press("Tab");
    await settled(page, () => page.keyboard.press("Enter"));
    await settled(page, () => page.getByRole("button", { name: "Back" }).click());
    await settled(page, () => page.getByRole("button", { name: "Take year as missing" }).click());
    expect((await gains(page)).map(([name]) => name)).toContain("year");

    const left = await gains(page);
    const refused = await asked(page);
    await page.getByRole("button", { name: "I don’t know" }).click();
    await page.locator(".known-now", { hasText: `Not to be had: ${refused}.` }).waitFor({ timeout: 60_000 });
    expect(await gains(page)).toEqual(left.filter(([name]) => name !== refused));

    // a cost that is high pushes a value back; what is shown stays where the user is
    const [cheap] = (await gains(page))[0];
    await page.getByText("Costs and limits").click();
    await page.locator(".limits label", { hasText: cheap }).locator("input").fill("1000");
    await page.keyboard.press("Tab");
    await page.locator(".gains tbody tr:last-child", { hasText: cheap }).waitFor({ timeout: 60_000 });
    // after the last cost the next field is beyond them
    expect(["answer", "question"]).not.toContain(await page.evaluate(() => document.activeElement!.id));
    expect(await page.evaluate(() => document.activeElement!.tagName)).not.toBe("BODY");

    expect(await page.locator(".prediction").innerText()).not.toContain("The table says");
    await page.getByLabel("show what the table says").check();
    expect(await page.locator(".prediction").innerText()).toMatch(/The table says 21\.$/m);
    await page.getByRole("link", { name: "Data" }).click();
    await page.getByRole("link", { name: "Ask next" }).click();
    expect(await page.locator(".known-now").innerText()).toContain("weight (lb) 2648");
    expectQuiet(visit);
    await visit.close();
  });

  it("from nothing, with the model's file alone", async () => {
    const visit = await atQuestions("#ask", false);
    const { page } = visit;
    await settled(page, () => page.getByRole("button", { name: "Start asking" }).click());
    const before = await interval(page);
    await page.getByLabel("or answer about").selectOption({ label: await page.locator(".another option", { hasText: "displacement" }).innerText() });
    await page.locator("#answer").fill("97");
    await settled(page, () => page.keyboard.press("Enter"));
    const after = await interval(page);
    expect(after[1] - after[0]).toBeLessThan(before[1] - before[0]);
    expect(await page.locator("#information-curve").count()).toBe(0);
    expectQuiet(visit);
    await visit.close();
  });

  it("the information curve against a random order; it can be stopped", async () => {
    const visit = await atQuestions("#ask", true);
    const { page } = visit;
    const section = page.locator("#information-curve");
    await section.getByText("Details").click();
    for (const [label, value] of [["Rows to try", 6], ["Posterior draws per row", 40], ["Values per row at most", 2], ["Random orders to average", 1]] as const) await section.getByLabel(label).fill(String(value));
    await section.getByRole("button", { name: "Try it" }).click();
    await section.locator("svg").waitFor({ timeout: 200_000 });
    expect(await section.innerText()).toMatch(/Over 6 rows, from nothing known to the last value, the error by information is \d+ ± \d+ % (below|above) that of a random order\./);
    await section.getByText("As a table").click();
    expect(await section.locator("tbody tr").count()).toBe(3);
    await section.getByText("Details").click();
    await section.getByLabel("Values per row at most").fill("6");
    await section.getByRole("button", { name: "Try again" }).click();
    await section.getByRole("button", { name: "Stop" }).click();
    await section.getByRole("button", { name: "Try again" }).waitFor({ timeout: 60_000 });
    expectQuiet(visit);
  });
});
