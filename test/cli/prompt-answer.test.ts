import { describe, expect, it } from "vitest";
import { readAnswer } from "../../src/cli/prompt/prompt-answer.ts";
import type { Column } from "../../src/data/index.ts";

const features: Column[] = [
  { name: "age", role: "feature", type: "positive", mean: Math.log1p(40), std: 0.25, decimals: 0 },
  { name: "offset", role: "feature", type: "real", mean: 2, std: 0.5, decimals: 1 },
  { name: "smoker", role: "feature", type: "binary", categories: ["no", "yes"] },
  { name: "doors", role: "feature", type: "categorical", categories: ["2", "4", "back"] },
];
const read = (line: string, asked: number, known: readonly number[] = []): ReturnType<typeof readAnswer> => readAnswer(line, asked, features, (column) => !known.includes(column));

describe("answers", () => {
  it("understands commands; a level of the same name comes first, a colon makes it the command", () => {
    for (const word of ["unknown", "?", "NA", "skip", ":unknown"]) expect(read(word, 0)).toEqual({ kind: "command", command: "unknown" });
    expect(read("Back", 0)).toEqual({ kind: "command", command: "back" });
    expect(read("back", 3)).toEqual({ kind: "value", column: 3, value: 2 });
    expect(read(":back", 3)).toEqual({ kind: "command", command: "back" });
    expect(read("q", 1)).toEqual({ kind: "command", command: "quit" });
  });

  it("takes NAME=VALUE for another feature, unless that is known", () => {
    expect(read("Smoker = no", 0)).toEqual({ kind: "value", column: 2, value: 0 });
    expect(read("smoker=no", 0, [2])).toMatchObject({ kind: "problem", message: '"smoker" is known already, or was said to be unknown; take it back first.' });
    expect(read("offset=abc", 0)).toMatchObject({ kind: "problem", message: '"offset": expected a number, usually 1.0 to 3.0, got "abc".' });
  });

  it("names the column where a value cannot be used, or is unusual, and says what to type instead", () => {
    expect(read("maybe", 2)).toEqual({ kind: "problem", message: '"smoker": expected no or yes, got "maybe".' });
    expect(read("", 3)).toEqual({ kind: "problem", message: '"doors": expected 2, 4 or back, or one of unknown, back, list, help, quit.' });
    expect(read("20", 1)).toEqual({ kind: "value", column: 1, value: 36, note: '"offset": 20 is far from the training rows (usually 1.0 to 3.0); type back if it is a slip.' });
  });
});
