import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { browserForTests, expectQuiet } from "./browser.ts";
import { openExample, ready, train } from "./steps.ts";

const { open } = browserForTests();

interface Look {
  /** Pixels that are not the ground's colour. */
  drawn: number;
  /** Pixels in all. */
  size: number;
  /** Every pixel, in one number. */
  sum: number;
}

/** What can be seen of an element: its screenshot, counted by the browser itself. */
async function look(page: Page, element: Locator): Promise<Look> {
  const png = (await element.screenshot()).toString("base64");
  return page.evaluate(async (text) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type: "image/png" }));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d")!;
    context.drawImage(picture, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, picture.width, picture.height).data.buffer);
    const counts = new Map<number, number>();
    let sum = 0;
    for (const pixel of pixels) {
      counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      sum = (Math.imul(sum, 31) + pixel) | 0;
    }
    return { drawn: pixels.length - Math.max(...counts.values()), size: pixels.length, sum };
  }, png);
}

/** How often a canvas has been drawn. */
const pictures = async (canvas: Locator): Promise<number> => Number(await canvas.getAttribute("data-pictures"));

/** Waits until a canvas is drawn, again since `before`, and then stands still. */
async function still(page: Page, canvas: Locator, before = 0): Promise<void> {
  await expect.poll(() => pictures(canvas), { timeout: 60_000 }).toBeGreaterThan(before);
  for (let seen = -1; seen !== (await pictures(canvas)); ) {
    seen = await pictures(canvas);
    await page.waitForTimeout(300);
  }
}

describe("the posterior viewer", () => {
  it("tunes a sampler on a known density: tuned beats untuned, side by side, and a tuning can be stopped", async () => {
    const visit = await open({ path: "#posterior?show=targets", reducedMotion: "reduce" });
    const { page } = visit;
    await ready(page);
    const [untuned, tuned] = [0, 1].map((i) => page.locator(".two canvas").nth(i));
    await untuned.waitFor({ timeout: 60_000 });
    await still(page, untuned);
    await still(page, tuned);
    const before = await look(page, tuned);
    for (const { drawn, size } of [before, await look(page, untuned)]) expect(drawn).toBeGreaterThan(0.02 * size);

    await page.getByRole("button", { name: "Tune, 400 steps" }).click();
    await page.getByText("Tuned, step 400").waitFor({ timeout: 200_000 });
    await page.getByRole("button", { name: "Tune on, 400 steps" }).waitFor();
    await still(page, tuned);
    expect((await look(page, tuned)).sum).not.toBe(before.sum);
    const numbers = async (name: string): Promise<number[]> => (await page.getByRole("row", { name }).locator("td").allInnerTexts()).map((text) => Number(text.replace("−", "-")));
    const [klBefore, klAfter, klBest] = await numbers("divergence from the target");
    expect(klBefore).toBeGreaterThan(1.5);
    expect(klAfter).toBeLessThan(0.6);
    expect(klBest).toBe(0);
    const [deviationBefore, deviationAfter, deviation] = await numbers("deviation of x");
    expect(Math.abs(deviationAfter - deviation)).toBeLessThan(Math.abs(deviationBefore - deviation));
    expect(await page.locator(".panels svg").count()).toBe(5);

    await page.getByLabel(/^wave/).check();
    await page.getByRole("button", { name: "Tune, 400 steps" }).click({ timeout: 60_000 });
    await page.getByText(/Tuned, step [1-9]/).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Stop tuning" }).click();
    await page.getByRole("button", { name: "Tune on, 400 steps" }).waitFor({ timeout: 60_000 });
    expect(Number(/step (\d+)/.exec(await page.getByText(/Tuned, step/).innerText())![1])).toBeLessThan(400);
    expectQuiet(visit);
    await visit.close();
  });

  it("shows a row's chains in three dimensions, turned by keys, drawn only when something changes, and again after the GPU is lost", async () => {
    const visit = await open({ reducedMotion: "reduce" });
    const { page } = visit;
    await openExample(page, "cars");
    await page.getByRole("button", { name: "Train a model" }).click();
    await train(page, { marginalSteps: 30, viSteps: 60, hmcSteps: 2 });
    await page.evaluate(() => {
      const scope = window as unknown as { drawing: GPUDevice[] };
      scope.drawing = [];
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...given) {
        const device = await request.apply(this, given);
        scope.drawing.push(device);
        return device;
      };
    });
    await page.getByRole("link", { name: "Posterior" }).click();
    const canvas = page.getByRole("application");
    await canvas.waitFor({ timeout: 120_000 });
    await still(page, canvas);
    const first = await look(page, canvas);
    expect(first.drawn).toBeGreaterThan(0.03 * first.size);
    expect(await canvas.getAttribute("aria-label")).toMatch(/^Row 1 in the space of 15 latents.*8 chains over 10 transitions of 5 leapfrog steps, and 1600 draws/);

    // the numbers beside it
    expect(await page.locator(".latents tbody tr").count()).toBe(15);
    expect(await page.locator(".latents tbody tr").first().innerText()).toMatch(/^ε 1\.1\s+−?\d\.\d\d ± \d\.\d\d\s+−?\d\.\d\d ± \d\.\d\d\s+\d\.\d{3}\s+\d+ \/ \d+$/);
    expect(Number(/Acceptance\s+([\d.]+) %/.exec(await page.locator(".facts").innerText())![1])).toBeGreaterThan(50);

    // nothing changes: nothing is drawn
    const idle = await pictures(canvas);
    await page.waitForTimeout(1000);
    expect(await pictures(canvas)).toBe(idle);

    await canvas.focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp", "+"]) await canvas.press(key);
    await still(page, canvas, idle);
    const turned = await look(page, canvas);
    expect(turned.drawn).toBeGreaterThan(0.03 * turned.size);
    expect(turned.sum).not.toBe(first.sum);
    await canvas.press("0");
    await page.locator("h1").click();
    await still(page, canvas, idle + 1);

    // played with the space bar
    const slider = page.getByRole("slider", { name: "Time, in transitions" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("after 10 transitions");
    await canvas.press(" ");
    await page.getByText(/^transition [2-9] of 10/).waitFor({ timeout: 30_000 });
    await canvas.press(" ");
    await page.getByRole("button", { name: "Go on" }).waitFor();
    const paused = await slider.inputValue();
    await page.waitForTimeout(500);
    expect(await slider.inputValue()).toBe(paused);

    const drawn = await pictures(canvas);
    await page.evaluate(() => (window as unknown as { drawing: GPUDevice[] }).drawing[0].destroy());
    await still(page, canvas, drawn);
    const again = await look(page, canvas);
    expect(again.drawn).toBeGreaterThan(0.03 * again.size);

    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("application", { name: /^Row 2 / }).waitFor({ timeout: 60_000 });
    expect(page.url()).toMatch(/#posterior\?row=2$/);
    expectQuiet(visit);
  });
});
