import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exampleAnswers } from "../../scripts/example/answers.ts";
import { unpackModel } from "../../src/model/index.ts";
import { verdictOf } from "../../src/model/check/verdict.ts";
import type { ExampleAnswers } from "../../src/web/engine/example-answers.ts";

const file = (name: string) => new Uint8Array(readFileSync(new URL(`../../src/web/example/${name}`, import.meta.url)));
/** Made by the build. */
const table = () => new Uint8Array(readFileSync(new URL("../../dist/web/example/cars.csv", import.meta.url)));

it("the finished example says what its model says", async () => {
  const model = file("cars.hhvaem");
  expect(model.length).toBeLessThan(300_000);
  const { check } = JSON.parse(new TextDecoder().decode(unpackModel(model).get("config.json"))) as { check: Parameters<typeof verdictOf>[0] };
  expect(verdictOf(check).level).toBe("good");
  const shown = JSON.parse(new TextDecoder().decode(file("answers.json"))) as ExampleAnswers;
  const now = await exampleAnswers(model, table());
  expect({ ...now, shown: [], steps: [] }).toEqual({ ...shown, shown: [], steps: [] });
  expect(now.shown.map(({ row }) => row)).toEqual(shown.shown.map(({ row }) => row));
  // the same draws, up to rounding on another device: far less than an interval's width
  shown.steps.forEach((step, i) => {
    const width = step.upper - step.lower;
    for (const name of ["value", "lower", "upper"] as const) expect(Math.abs(now.steps[i][name] - step[name])).toBeLessThan(0.1 * width);
    expect([now.steps[i].answered, now.steps[i].next]).toEqual([step.answered, step.next]);
  });
  shown.shown.forEach(({ cells }, i) =>
    cells.forEach((cell, j) => {
      const other = now.shown[i].cells[j];
      if (typeof cell === "string" || typeof other === "string") return expect(other).toEqual(cell);
      const [low, high] = (cell.between ?? [cell.text, cell.text]).map(Number);
      expect(Math.abs(Number(other.text) - Number(cell.text))).toBeLessThanOrEqual(0.1 * (high - low));
    }),
  );
});
