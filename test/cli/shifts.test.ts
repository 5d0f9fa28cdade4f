import { describe, expect, it } from "vitest";
import { parseShiftRange, parseShifts, shiftedText } from "../../src/cli/flags/shifts.ts";
import type { Column, Schema } from "../../src/data/index.ts";

const column = (name: string, rest: Partial<Column> = {}): Column => ({ name, role: "feature", type: "real", mean: 0, std: 1, ...rest });
const schema: Schema = {
  version: 1,
  columns: [
    column("income", { type: "positive" }),
    column("a=b", {}),
    column("visit", { format: { date: "yyyy-MM-dd" } }),
    column("start", { format: { date: "HH:mm" } }),
    column("smoker", { type: "binary", categories: ["no", "yes", "yes-1"].slice(0, 2) }),
    column("region", { type: "categorical", categories: ["north", "north-1", "south"] }),
    column("children", { type: "ordinal", categories: ["0", "1", "2"] }),
    column("id", { role: "ignore", type: "categorical" }),
    column("y", { role: "target" }),
  ],
};

describe("--shift", () => {
  it("reads offsets, factors, levels with their log-odds and all higher levels; a name or a level may hold the marks", () => {
    expect(parseShifts(["income=-500", "income=*0.9", "a=b=+2e1", "visit=30", "smoker=yes+0.5", "region=north-1-0.25", "region=north-1", "children=2-1", "children=higher+.5"], schema, false)).toEqual([
      { column: "income", add: -500 }, { column: "income", multiply: 0.9 }, { column: "a=b", add: 20 }, { column: "visit", add: 30 }, { column: "smoker", level: "yes", logOdds: 0.5 },
      { column: "region", level: "north-1", logOdds: -0.25 }, { column: "region", level: "north", logOdds: -1 }, { column: "children", level: "2", logOdds: -1 }, { column: "children", higher: 0.5 },
    ]);
    expect(parseShifts(["y=1"], schema, true)).toEqual([{ column: "y", add: 1 }]);
    expect(parseShifts(undefined, schema, false)).toEqual([]);
  });

  it("says what is wrong, all of it at once, and what was expected", () => {
    const refused = (of: () => unknown): string => {
      try {
        of();
        return "nothing is wrong";
      } catch (cause) {
        return (cause as Error).message;
      }
    };
    const texts = ["income", "incme=-5", "income=5%", "income=*-1", "visit=*2", "visit=soon", "start=*2", "smoker=0.5", "smoker=ja+1", "region=higher+1", "children=1", "children=-1", "id=5", "y=5"];
    expect(refused(() => parseShifts(texts, schema, false))).toMatchInlineSnapshot(`
      "--shift income: expected COLUMN=SHIFT, such as income=-500, income=*0.9 or smoker=yes+0.5.
      --shift incme=-5: there is no column "incme"; the model has income, a=b, visit, start, smoker, region, children, y.
      --shift income=5%: expected an offset such as income=-5, or a factor such as income=*0.9.
      --shift income=*-1: expected a factor above 0, got -1.
      --shift visit=*2: "visit" is a column of dates, which no factor moves; expected an offset in days.
      --shift visit=soon: expected an offset in days, such as visit=+30.
      --shift start=*2: "start" is a column of times, which no factor moves; expected an offset in minutes.
      --shift smoker=0.5: "smoker" has levels (no, yes); expected one of them and by how much its log-odds move, such as smoker=yes+0.5.
      --shift smoker=ja+1: "smoker" has no level "ja"; its levels are no, yes.
      --shift region=higher+1: "region" has no level "higher"; its levels are north, north-1, south.
      --shift children=1: "children" has levels (0, 1, 2); expected one of them and by how much its log-odds move, such as children=2+0.5, or all higher ones: children=higher+0.5. Trained with --type children=count it would move by numbers.
      --shift children=-1: "children" has levels (0, 1, 2); expected one of them and by how much its log-odds move, such as children=2+0.5, or all higher ones: children=higher+0.5. Trained with --type children=count it would move by numbers.
      --shift id=5: the column "id" is not modelled and never filled; the model fills income, a=b, visit, start, smoker, region, children, y.
      --shift y=5: "y" is a target, whose holes are filled with --targets alone."
    `);
    expect(["income=5..5", "income=0..1:1", "income=*-1..1", "smoker=ja-1..1", "smoker=0..1"].map((text) => refused(() => parseShiftRange(text, schema))).join("\n")).toMatchInlineSnapshot(`
      "--shift income=5..5: expected two different ends, got 5 twice.
      --shift income=0..1:1: expected from 2 to 1000 shifts, got 1.
      --shift income=*-1..1: expected a factor above 0, got -1.
      --shift smoker=ja-1..1: "smoker" has no level "ja"; its levels are no, yes.
      --shift smoker=0..1: "smoker" has levels (no, yes); expected one of them and by how much its log-odds move, such as smoker=yes+0.5."
    `);
  });

  it("reads ranges, with ends, steps and what moves nothing", () => {
    const range = parseShiftRange("income=-1000..0:5", schema)!;
    expect(range).toMatchObject({ from: -1000, to: 0, steps: 5, none: 0 });
    expect(range.of(-12.5)).toEqual({ column: "income", add: -12.5 });
    const factors = parseShiftRange("income=*0.5..1.5", schema)!;
    expect(factors).toMatchObject({ from: 0.5, to: 1.5, steps: 11, none: 1 });
    expect([factors.of(1), factors.written("0.7")]).toEqual([{ column: "income", multiply: 1 }, "*0.7"]);
    const levels = parseShiftRange("smoker=yes-2..2", schema)!;
    expect([levels.of(-1), levels.of(0), levels.written("2")]).toEqual([{ column: "smoker", level: "yes", logOdds: -1 }, { column: "smoker", level: "yes", logOdds: 0 }, "yes+2"]);
    expect(parseShiftRange("children=higher-1..0", schema)!.of(-0.5)).toEqual({ column: "children", higher: -0.5 });
    expect(parseShiftRange("income=-500", schema)).toBeUndefined();
  });

  it("tells what was moved, and how much of it was cut", () => {
    const moved = { column: "income", cells: 12, cut: 3, cutCompletions: 40 };
    expect([
      shiftedText(moved, ["income=-500", "smoker=yes+1", "income=*0.9"], 20),
      shiftedText(moved, ["income=-500"], 0),
      shiftedText({ ...moved, cut: 0 }, ["income=-500"], 20),
      shiftedText({ ...moved, cells: 1, cut: 0, cutCompletions: 0 }, ["income=-500"], 20),
    ]).toMatchInlineSnapshot(`
      [
        "income: 12 filled values moved by -500, then *0.9; 3 of them cut at a bound, and 40 of 240 in the completed tables",
        "income: 12 filled values moved by -500; 3 of them cut at a bound",
        "income: 12 filled values moved by -500; 40 of 240 in the completed tables cut at a bound",
        "income: 1 filled value moved by -500",
      ]
    `);
  });
});
