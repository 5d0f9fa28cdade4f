#!/usr/bin/env node
// Pictures of every part of the built page for docs/screenshots, as a user sees them after a short training on the cars table.
//   npm run build && node scripts/screenshots.mjs [FOLDER]
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "./setup/browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2] ?? join(root, "docs/screenshots");
mkdirSync(out, { recursive: true });

const server = spawn(process.execPath, [join(root, "dist/cli.js"), "web", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
const address = await new Promise((resolve, reject) => {
  server.stdout.on("data", (text) => {
    const found = /http:\/\/\S+/.exec(String(text));
    if (found) resolve(found[0]);
  });
  server.on("exit", () => reject(new Error("hhvaem web ended; is the page built? npm run build")));
});
const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan", "--use-webgpu-adapter=swiftshader"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, reducedMotion: "reduce" });

/** A picture of the whole page in light, dark, or as narrow as a phone. */
async function shot(name, { dark = false, narrow = false } = {}) {
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  await page.setViewportSize(narrow ? { width: 390, height: 800 } : { width: 1100, height: 800 });
  await page.mouse.move(0, 0);
  // charts are drawn anew at another width
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  console.log(name);
}
const button = (name) => page.getByRole("button", { name });
const tab = (name) => page.getByRole("link", { name, exact: true }).click();

process.on("exit", () => server.kill());
await page.goto(address);
await page.locator("footer", { hasText: /swiftshader/i }).waitFor();
await page.getByRole("button", { name: "cars", exact: true }).click();
await page.getByRole("heading", { name: "cars.csv" }).waitFor();
await shot("data");
await shot("data-narrow", { narrow: true });

await button("Train a model").click();
await page.getByText(/^Details/).first().click();
await page.locator("select[name=preset]").selectOption("HHVAEM");
for (const [name, value] of Object.entries({ marginalSteps: 300, viSteps: 1500, hmcSteps: 25 })) await page.locator(`input[name=${name}]`).fill(String(value));
await button(/^Start/).click();
await page.locator(".running [role=status]").filter({ hasText: /Stage 2.*step [1-9]\d\d/ }).waitFor({ timeout: 180_000 });
await shot("train");
await page.locator("#model").waitFor({ timeout: 400_000 });
await shot("train-done-dark", { dark: true });

await tab("Filled table");
await button("Fill the holes").click();
await page.locator("td.filled button").first().waitFor({ timeout: 120_000 });
await button(/^power \(hp\), row 33: |^power \(hp\), row/).first().click();
await page.locator("#cell svg").waitFor();
await shot("filled");
await shot("filled-dark", { dark: true });

await page.evaluate(() => (location.hash = "#ask?row=1"));
await button("Untick all").click();
await button("Start asking").click();
const settled = () => page.locator('.question[aria-busy="false"]').waitFor({ timeout: 120_000 });
await settled();
await shot("ask-narrow", { narrow: true });
await page.setViewportSize({ width: 1100, height: 800 });
for (let answers = 0; answers < 2; answers++) {
  await button("Take the row’s value").click();
  await page.waitForTimeout(1000);
  await settled();
}
await shot("ask");

await tab("Posterior");
await page.getByRole("application").waitFor({ timeout: 120_000 });
await page.locator(".latents tbody tr").first().waitFor({ timeout: 120_000 });
await shot("posterior");
await page.evaluate(() => (location.hash = "#posterior?show=targets"));
await button("Tune, 400 steps").click({ timeout: 120_000 });
await button("Tune on, 400 steps").waitFor({ timeout: 200_000 });
await shot("tuning");
await shot("tuning-dark", { dark: true });

await tab("Bench");
await button("Measure").click();
await page.locator("#bench-line").waitFor({ timeout: 200_000 });
await shot("bench");

await browser.close();
process.exit(0);
