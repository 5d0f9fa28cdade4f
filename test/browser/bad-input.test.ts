import { describe, expect, it } from "vitest";
import { browserForTests, expectQuiet } from "./browser.ts";
import { openExample, ready } from "./steps.ts";

const { open } = browserForTests();

function file(name: string, content: string | Buffer) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(content) };
}

describe("files that are not as they should be", () => {
  it("all problems of a malformed table are listed with row and column, and the table before is gone", async () => {
    const visit = await open();
    const { page } = visit;
    await openExample(page, "penguins");
    await page.locator("#file").setInputFiles(file("broken.csv", 'a,b,b\n1,2,3\n4,5\n6,"7,8\n'));
    const problems = page.getByRole("alert");
    await problems.getByRole("heading", { name: "broken.csv cannot be read as it is" }).waitFor();
    const rows = await problems.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\t").slice(0, 2))).toMatchInlineSnapshot(`
      [
        [
          "3",
          "",
        ],
        [
          "4",
          "",
        ],
      ]
    `);
    expect(rows.join("\n")).toContain("expected 3 fields, got 2");
    expect(await page.getByRole("heading", { name: "penguins.csv" }).count()).toBe(0);
    // read otherwise, with one field a line, it is a table
    await page.getByLabel("Fields are separated by").selectOption(";");
    await page.getByText("3 rows, 1 columns").waitFor();
    expect(await problems.getByRole("heading", { name: "cannot be read" }).count()).toBe(0);
    await openExample(page, "penguins");
    expect(await problems.count()).toBe(0);
    expectQuiet(visit);
    await visit.close();
  });

  it("a column that cannot be used says why and is left out until the user decides otherwise", async () => {
    const visit = await open();
    const { page } = visit;
    await ready(page);
    const lines = Array.from({ length: 60 }, (_, i) => `${i === 30 ? "lost" : i / 7},${i % 2 ? "yes" : "no"},`);
    await page.locator("#file").setInputFiles(file("odd.csv", `height,flag,nothing\n${lines.join("\n")}\n`));
    await page.getByRole("heading", { name: "odd.csv" }).waitFor();
    expect(await page.getByLabel("Type of height").inputValue()).toBe("ignore");
    expect(await page.getByLabel("Type of flag").inputValue()).toBe("binary");
    expect(await page.locator("tr", { hasText: "height" }).last().innerText()).toContain('expected a number, got "lost"');
    expect(await page.locator("tr", { hasText: "nothing" }).last().innerText()).toContain("Carried along, not modelled: it has no value");
    // what the problem advises is a button, and can be taken back
    await page.getByRole("button", { name: '"lost" means missing' }).click();
    await page.getByText("60 rows, 3 columns, 61 cells missing.").waitFor();
    expect(await page.getByLabel("Type of height").inputValue()).toBe("positive");
    await page.getByRole("button", { name: "Details of height" }).click();
    await page.getByRole("button", { name: "Take back lost: Also missing in height" }).click();
    await page.getByText("60 rows, 3 columns, 60 cells missing.").waitFor();
    await page.getByRole("button", { name: "Set to categorical" }).click();
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('select[aria-label="Type of height"]')!.value === "categorical");
    // the same in every column
    await page.getByText("Read it otherwise").click();
    await page.getByLabel("Also missing, in every column").fill("LOST");
    await page.keyboard.press("Enter");
    await page.getByText("60 rows, 3 columns, 61 cells missing.").waitFor();
    expect(await page.locator("#reading").innerText()).toContain('"LOST" missing in every column');
    expectQuiet(visit);
    await visit.close();
  });

  it("script tags in names and cells are shown as text and never run", async () => {
    const visit = await open();
    const { page } = visit;
    await ready(page);
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const quoted = `"${evil.replaceAll('"', '""')}"`;
    const lines = Array.from({ length: 30 }, (_, i) => `${i},${i % 3 ? quoted : "harmless"},${i % 4 ? i : ""}`);
    await page.locator("#file").setInputFiles(file(`${evil.replaceAll("/", "")}.csv`, `n,${quoted},m\n${lines.join("\n")}\n`));
    await page.getByText("30 rows, 3 columns").waitFor();
    expect(await page.locator("main h2").nth(1).innerText()).toContain("<script>");
    expect(await page.locator("th", { hasText: "onerror" }).count()).toBeGreaterThan(0);
    expect(await page.locator("td", { hasText: evil }).count()).toBeGreaterThan(0);
    expect(await page.locator("main script, main img").count()).toBe(0);
    // the title names the file, and no script has set it to 1 or 2
    expect(await page.title()).toBe(`Data, ${evil.replaceAll("/", "")}.csv – hhvaem`);
    expectQuiet(visit);
    await visit.close();
  });

  it("a model file that is none is refused with what it is", async () => {
    const visit = await open();
    const { page } = visit;
    await ready(page);
    for (const content of ["{}", Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3])]) {
      await page.locator("#file").setInputFiles(file("other.hhvaem", content));
      await page.locator(".notice.error", { hasText: "other.hhvaem" }).waitFor();
      await page.getByRole("button", { name: "Dismiss" }).first().click();
    }
    expect(await page.locator("footer").innerText()).not.toContain("model:");
    expectQuiet(visit);
    await visit.close();
  });
});

it("without WebGPU the page says which browsers have it, and still shows the table", async () => {
  const visit = await open({ gpu: false });
  const { page } = visit;
  await page.locator("#no-gpu").waitFor();
  expect(await page.locator("#no-gpu").innerText()).toMatch(/chrome:\/\/flags\/#enable-unsafe-webgpu[\s\S]*Safari 26[\s\S]*Firefox/);
  await openExample(page, "penguins");
  expect(await page.getByText("344 rows, 7 columns").count()).toBe(1);
  expect(await page.getByRole("button", { name: "Train a model" }).isDisabled()).toBe(true);
  expectQuiet(visit);
});
