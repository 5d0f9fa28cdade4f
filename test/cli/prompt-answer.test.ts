import { describe, expect, it } from "vitest";
import { expected, readAnswer } from "../../src/cli/prompt-answer.ts";
import type { Column } from "../../src/data/index.ts";

const features: Column[] = [
  { name: "age", role: "feature", type: "positive", mean: Math.log1p(40), std: 0.25, decimals: 0 },
  { name: "offset", role: "feature", type: "real", mean: 2, std: 0.5, decimals: 1 },
  { name: "smoker", role: "feature", type: "binary", categories: ["no", "yes"] },
  { name: "doors", role: "feature", type: "categorical", categories: ["2", "4", "back"] },
];
const read = (line: string, asked: number, known: readonly number[] = []): ReturnType<typeof readAnswer> => readAnswer(line, asked, features, (column) => !known.includes(column));

describe("answers", () => {
  it("codes numbers and levels, levels in any letter case and numbers in any spelling", () => {
    expect(read("40", 0)).toEqual({ kind: "value", column: 0, value: 0 });
    expect(read("2.5e0", 1)).toEqual({ kind: "value", column: 1, value: 1 });
    expect(read("YES", 2)).toEqual({ kind: "value", column: 2, value: 1 });
    expect(read("4.0", 3)).toEqual({ kind: "value", column: 3, value: 1 });
  });

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

  it("says what is wrong and what is expected", () => {
    const message = (line: string, asked: number): string => {
      const answer = read(line, asked);
      return answer.kind === "problem" ? answer.message : "no problem";
    };
    expect(message("-1", 0)).toMatchInlineSnapshot(`""age": expected a number from 0 on, usually 24 to 67, got -1; the training rows have no negative value."`);
    expect(message("2,5", 1)).toMatchInlineSnapshot(`""offset": expected a number, usually 1.0 to 3.0, got "2,5"; write it with a decimal point."`);
    expect(message("0x10", 1)).toMatchInlineSnapshot(`""offset": expected a number, usually 1.0 to 3.0, got "0x10"."`);
    expect(message("1e300", 1)).toMatchInlineSnapshot(`""offset": expected a number, usually 1.0 to 3.0, got "1e300"."`);
    expect(message("maybe", 2)).toMatchInlineSnapshot(`""smoker": expected no or yes, got "maybe"."`);
    expect(message("", 3)).toMatchInlineSnapshot(`""doors": expected 2, 4 or back, or one of unknown, back, list, help, quit."`);
  });

  it("accepts a number far from the training rows, with a note", () => {
    expect(read("20", 1)).toEqual({ kind: "value", column: 1, value: 36, note: '"offset": 20 is far from the training rows (usually 1.0 to 3.0); type back if it is a slip.' });
    expect(expected({ name: "a", role: "feature", type: "categorical", categories: Array.from({ length: 20 }, (_, i) => `l${i}`) })).toBe("one of l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, ... (20 levels)");
  });
});
