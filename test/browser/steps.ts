import type { Page } from "playwright-core";
import type { TrainingSettings } from "../../src/web/engine/training/training-settings.ts";

/** Waits for the adapter, so that what needs it can be pressed. */
export async function ready(page: Page): Promise<void> {
  await page.locator("footer", { hasText: /swiftshader|no GPU/ }).waitFor({ timeout: 60_000 });
}

export async function openExample(page: Page, name: "cars" | "penguins"): Promise<void> {
  await ready(page);
  await page.getByRole("link", { name: "Data" }).click();
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("heading", { name: `${name}.csv` }).waitFor();
}

/** Chooses the preset (the paper's, unless told otherwise), fills the settings in, the time last, and starts. */
export async function startTraining(page: Page, { preset = "HHVAEM", time, ...settings }: Partial<TrainingSettings>): Promise<void> {
  await page.getByText(/^Details/).first().click();
  await page.locator("select[name=preset]").selectOption(preset);
  for (const [name, value] of Object.entries(settings)) await page.locator(`input[name=${name}]`).fill(String(value));
  if (time !== undefined) await page.getByLabel("Another time, in minutes").fill(String(time / 60));
  await page.getByRole("button", { name: /^Start/ }).click();
}

/** Trains to the end. */
export async function train(page: Page, settings: Partial<TrainingSettings>): Promise<void> {
  await startTraining(page, settings);
  await page.locator("#model").waitFor({ timeout: 240_000 });
}

/** In a conversation: says that it is enough when no value tells so many nats, and waits until the page says so. */
export async function setLeastGain(page: Page, nats: number): Promise<void> {
  await page.getByText("Costs and limits").click();
  const field = page.getByLabel("Enough when no value tells this much, nats");
  await field.fill(String(nats));
  await field.blur();
  await page.locator("#enough").waitFor({ timeout: 60_000 });
}
