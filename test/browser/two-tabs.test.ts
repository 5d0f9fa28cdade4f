import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import { browserForTests, expectQuiet } from "./browser.ts";
import { openExample } from "./steps.ts";

const { open } = browserForTests();

const heading = (page: Page, name: string) => page.getByRole("heading", { name: `${name}.csv` });
const notice = (page: Page, text: string) => page.locator(".notice", { hasText: text });

it("a second tab does not overwrite what the first one keeps, and takes over when that is closed", async () => {
  const visit = await open();
  const { page: first, origin } = visit;
  await openExample(first, "cars");
  const second = await first.context().newPage();
  await second.goto(`${origin}/`);
  await notice(second, "open in another tab").waitFor();
  await openExample(second, "penguins");

  // the first tab's table is the one that is kept; a reload is no second tab
  await first.reload();
  await heading(first, "cars").waitFor();
  expect(await notice(first, "open in another tab").count()).toBe(0);

  await first.close();
  await notice(second, "kept from here now").waitFor();
  expect(await notice(second, "open in another tab").count()).toBe(0);
  await second.reload();
  await heading(second, "penguins").waitFor();
  expect(await notice(second, "open in another tab").count()).toBe(0);
  expectQuiet(visit);
  await visit.close();
});
