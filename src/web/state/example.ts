import { signal } from "@preact/signals";
import type { ExampleAnswers } from "../engine/example-answers.ts";
import { engine } from "./engine.ts";
import { fill } from "./filled.ts";
import { attempt } from "./notices.ts";
import { go, type View } from "./route.ts";
import { busy, model, showOpened } from "./session.ts";

/** What the finished example's model said when it was made; undefined until it is there. */
export const exampleAnswers = signal<ExampleAnswers | undefined>(undefined);

let asked = false;

/** Fetches the example's answers, once. */
export async function fetchAnswers(): Promise<void> {
  if (asked) return;
  asked = true;
  const found = await attempt(async () => {
    const response = await fetch(new URL("example/answers.json", document.baseURI));
    if (!response.ok) throw new Error(`the finished example is not where it should be (${response.status}); serve the whole folder of the page.`);
    return (await response.json()) as ExampleAnswers;
  });
  exampleAnswers.value = found;
}

/** Opens the finished example, table and model, and goes to a view of its answers. */
export async function openFinished(view: View): Promise<void> {
  busy.value = true;
  const opened = await attempt(async () => ({ table: await engine.data.openFinished(), model: await engine.models.openFinished() }));
  if (opened) {
    await showOpened(opened.table, opened.table.choices);
    model.value = opened.model;
    go(view);
    if (view === "filled") void fill();
  }
  busy.value = false;
}
