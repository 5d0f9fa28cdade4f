import { describe, expect, it } from "vitest";
import { expectedText, readValue, type Column } from "../../src/data/index.ts";

const age: Column = { name: "age", role: "feature", type: "positive", mean: Math.log1p(40), std: 0.25, decimals: 0 };
const offset: Column = { name: "offset", role: "feature", type: "real", mean: 2, std: 0.5, decimals: 1 };
const smoker: Column = { name: "smoker", role: "feature", type: "binary", categories: ["no", "yes"] };
const doors: Column = { name: "doors", role: "feature", type: "categorical", categories: ["2", "4", "five", "Five"] };

describe("typed values", () => {
  it("are coded: numbers by the column's scale, levels in any letter case and numbers in any spelling", () => {
    expect(readValue("40", age)).toEqual({ value: 0 });
    expect(readValue("2.5e0", offset)).toEqual({ value: 1 });
    expect(readValue("YES", smoker)).toEqual({ value: 1 });
    expect(readValue("4.0", doors)).toEqual({ value: 1 });
    expect(readValue("five", doors)).toEqual({ value: 2 });
    // two levels that differ by case alone
    expect(readValue("FIVE", doors)).toHaveProperty("problem");
  });

  it("that cannot be used come back with what is wrong and what is expected", () => {
    const problem = (text: string, column: Column): unknown => (readValue(text, column) as { problem?: string }).problem;
    expect(problem("-1", age)).toMatchInlineSnapshot(`"expected a number from 0 on, usually 24 to 67, got -1; the training rows have no negative value"`);
    expect(problem("2,5", offset)).toMatchInlineSnapshot(`"expected a number, usually 1.0 to 3.0, got "2,5"; write it with a decimal point and no comma"`);
    expect(problem("0x10", offset)).toMatchInlineSnapshot(`"expected a number, usually 1.0 to 3.0, got "0x10""`);
    expect(problem("1e300", offset)).toMatchInlineSnapshot(`"expected a number, usually 1.0 to 3.0, got "1e300""`);
    expect(problem("", offset)).toMatchInlineSnapshot(`"expected a number, usually 1.0 to 3.0, got """`);
    expect(problem("maybe", smoker)).toMatchInlineSnapshot(`"expected no or yes, got "maybe""`);
  });

  it("counts are whole numbers from 0 on", () => {
    const visits: Column = { name: "visits", role: "feature", type: "count", mean: Math.log1p(4), std: 0.5, decimals: 0 };
    expect(readValue("4", visits)).toEqual({ value: 0 });
    expect(readValue("4.0", visits)).toEqual({ value: 0 });
    expect(readValue("2.5", visits)).toEqual({ problem: 'expected a whole number from 0 on, usually 1 to 13, got "2.5"' });
    expect(readValue("-1", visits)).toHaveProperty("problem");
    const grade: Column = { name: "grade", role: "feature", type: "ordinal", categories: ["low", "middle", "high"] };
    expect(readValue("HIGH", grade)).toEqual({ value: 2 });
    expect(expectedText(grade)).toBe("low, middle or high");
  });

  it("far from the training rows are taken, with a note", () => {
    expect(readValue("20", offset)).toEqual({ value: 36, note: "20 is far from the training rows (usually 1.0 to 3.0)" });
  });

  it("many levels are not all listed", () => {
    expect(expectedText({ name: "a", role: "feature", type: "categorical", categories: Array.from({ length: 20 }, (_, i) => `l${i}`) })).toBe("one of l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, ... (20 levels)");
  });
});
