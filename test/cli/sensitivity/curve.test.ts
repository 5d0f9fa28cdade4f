import { describe, expect, it } from "vitest";
import { parseShiftRange } from "../../../src/cli/flags/shifts.ts";
import { CompletedTables } from "../../../src/cli/sensitivity/completed.ts";
import { curveColumns, curvePanel, curveText, headText } from "../../../src/cli/sensitivity/result.ts";
import { parseSummary } from "../../../src/cli/sensitivity/summary.ts";
import { sensitivityCurve, type Curve } from "../../../src/cli/sensitivity/tipping.ts";
import { codeTable, parseTable, type Column, type Schema } from "../../../src/data/index.ts";
import { studentQuantile } from "../../../src/math/student-t.ts";
import type { Imputation, Shift } from "../../../src/model/index.ts";
import { shiftPlotSvg } from "../../../src/report/index.ts";
import { expectClose } from "../../expect-close.ts";

const column = (name: string, rest: Partial<Column> = {}): Column => ({ name, role: "feature", type: "real", mean: 0, std: 1, ...rest });
const schema: Schema = {
  version: 1,
  columns: [column("x"), column("pay", { type: "positive", mean: 1 }), column("smoker", { type: "binary", categories: ["no", "yes"] }), column("grade", { type: "categorical", categories: ["a", "b", "c"] }), column("y", { role: "target" })],
};
// pay is missing in rows 2 and 5, smoker in row 3
const text = "x,pay,smoker,grade,y\n1,2,no,a,1.5\n2,,no,b,2.5\n3,3,,c,2\n4,5,yes,a,4.5\n5,,yes,b,5\n6,4,no,c,5.5\n7,6,yes,b,8\n";
const table = codeTable(parseTable(text), schema);
const pays = [[4, 6], [3, 5], [5, 4]];
const smokes = [0, 1, 0];
const found: Imputation = {
  cells: [{ row: 1, column: 1, name: "pay", value: 4 }, { row: 2, column: 2, name: "smoker", value: 0, probabilities: [0.6, 0.4] }, { row: 4, column: 1, name: "pay", value: 5 }],
  completed: pays.map(([first, second], c) => Float64Array.of(first, smokes[c], second)), cellDraws: [], acceptance: 1, divergences: 0,
};
const tables = new CompletedTables({ schema }, table, found, 0);
// read anew, as the command does
const { columns } = structuredClone(schema);
const options = (shift: string, reference?: number, fixed: Shift[] = []) => ({ range: parseShiftRange(shift, schema)!, fixed, level: 0.95, ...(reference !== undefined && { reference }) });
const curve = (shift: string, summary: string, reference?: number, fixed?: Shift[]): Curve => sensitivityCurve(tables, parseSummary(summary, columns), options(shift, reference, fixed));

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number => values.reduce((total, value) => total + (value - mean(values)) ** 2, 0) / (values.length - 1);

/** Rubin's rules with the degrees of freedom of Barnard and Rubin, written down anew. */
function rubin(estimates: readonly number[], variances: readonly number[], complete: number): { estimate: number; error: number; half: number; df: number } {
  const m = estimates.length;
  const total = mean(variances) + (1 + 1 / m) * spread(estimates);
  const lambda = ((1 + 1 / m) * spread(estimates)) / total;
  const df = 1 / (lambda ** 2 / (m - 1) + (complete + 3) / ((complete + 1) * complete * (1 - lambda)));
  return { estimate: mean(estimates), error: Math.sqrt(total), half: studentQuantile(0.975, df) * Math.sqrt(total), df };
}
const completed = (by: (value: number) => number): number[][] => pays.map(([first, second]) => [2, by(first), 3, 5, by(second), 4, 6]);

describe("a summary over shifts", () => {
  it("a mean is pooled at every shift as by hand; observed values do not move", () => {
    const { points, rows, completeDf } = curve("pay=-2..2:5", "mean:pay");
    expect([rows, completeDf, points.map(({ shift }) => shift)]).toEqual([7, 6, [-2, -1, 0, 1, 2]]);
    for (const { shift, estimate, pooled, cut } of points) {
      const own = completed((value) => value + shift);
      const hand = rubin(own.map(mean), own.map((values) => spread(values) / 7), 6);
      expectClose([estimate, pooled!.standardError, pooled!.df, pooled!.lower, pooled!.upper], [hand.estimate, hand.error, hand.df, hand.estimate - hand.half, hand.estimate + hand.half], { rtol: 1e-6 });
      expect(cut).toBe(0);
    }
  });

  it("a slope too, beside other columns, by a factor, with another column's shift that stays the same", () => {
    const { points, completeDf } = curve("pay=*0.5..1.5:3", "slope:y~pay", 0, [{ column: "pay", add: -1 }]);
    expect(completeDf).toBe(5);
    const y = [1.5, 2.5, 2, 4.5, 5, 5.5, 8];
    for (const { shift, pooled } of points) {
      const fits = completed((value) => shift * (value - 1)).map((x) => {
        const sxx = 6 * spread(x);
        const b = x.reduce((total, value, i) => total + (value - mean(x)) * (y[i] - mean(y)), 0) / sxx;
        const residual = x.reduce((total, value, i) => total + (y[i] - mean(y) - b * (value - mean(x))) ** 2, 0);
        return { b, variance: residual / 5 / sxx };
      });
      const hand = rubin(fits.map(({ b }) => b), fits.map(({ variance }) => variance), 5);
      expectClose([pooled!.estimate, pooled!.lower, pooled!.statistic], [hand.estimate, hand.estimate - hand.half, hand.estimate / hand.error], { rtol: 1e-5 });
    }
    // one column for pay, one for smoker, two for the three grades, and the constant
    expect(curve("pay=-1..1:3", "slope:y~pay+smoker+grade").completeDf).toBe(2);
  });

  it("the tipping point is where the interval's end is the reference, and the estimate is the reference where it says so; against another side there is none", () => {
    const { tipping, equal } = curve("pay=-4..0:5", "mean:pay", 1);
    expect(tipping).toHaveLength(1);
    expect(tipping[0].then).toBe("interval holds reference");
    const own = completed((value) => Math.max(0, value + tipping[0].shift));
    const hand = rubin(own.map(mean), own.map((values) => spread(values) / 7), 6);
    expectClose([hand.estimate - hand.half], [1], { rtol: 1e-5 });
    // means of 30, 28 and 29 over 7, two of seven values moved: (29 + 2 s) / 7 = 4
    const four = curve("pay=-4..0:5", "mean:pay", 4);
    expectClose(four.equal, [-0.5], { rtol: 1e-5 });
    expect(four.tipping).toEqual([]);
    expect(equal).toEqual([]);
    // p is that of the distance to the reference
    const at = four.points.at(-1)!.pooled!;
    expectClose([at.statistic], [(29 / 7 - 4) / at.standardError], { rtol: 1e-5 });
  });

  it("shares move by log-odds; without a standard error there is no interval", () => {
    const own = curve("smoker=yes-50..50:3", "share:smoker=yes", 0.5).points;
    expectClose(own.map(({ estimate }) => estimate), [3 / 7, (3 + 1 / 3) / 7, 4 / 7], { rtol: 1e-9 });
    const all = curve("smoker=yes-1..1:2", "share:grade=a").points;
    expectClose(all.map(({ pooled }) => pooled!.within), [(2 / 7) * (5 / 7) / 7, (2 / 7) * (5 / 7) / 7], { rtol: 1e-9 });
    const only = new CompletedTables({ schema }, codeTable(parseTable("x,pay,smoker,grade,y\n1,2,no,a,1\n2,3,no,a,2\n"), schema), { ...found, cells: [], completed: found.completed.map(() => new Float64Array(0)) }, 0);
    const none = sensitivityCurve(only, parseSummary("share:smoker=no", columns), options("pay=0..1:2", 0));
    expect(none.points.map(({ estimate, pooled }) => [estimate, pooled])).toEqual([[1, undefined], [1, undefined]]);
    expect(curveText(none, options("pay=0..1:2").range, { level: 0.95, reference: 0 })).toContain("There is no interval at any shift, and so no tipping point.");
  });

  it("is told as a table with a sentence, as columns and as a plot whose marks follow the figures", async () => {
    const asked = options("pay=-6..0:4", 2);
    const own = curve("pay=-6..0:4", "mean:pay", 2);
    expect(`${headText(asked.range, tables.filled(asked.range.column), 3)}\n${curveText(own, asked.range, asked)}`).toMatchInlineSnapshot(`
      "3 completed tables, drawn once; pay: 2 filled values of each moved, observed ones never. Missing at random is pay=0.

      mean:pay, 7 rows

        shift  estimate  std. error  lower 95 %  upper       p    fmi     cut
        -----  --------  ----------  ----------  -----  ------  -----  ------
           -6     2.857       0.884       0.534  5.181  0.3800  0.261  83.3 %
           -4     3.048       0.807       0.918  5.177  0.2554  0.273  16.7 %
           -2     3.571       0.619       1.897  5.246  0.0600  0.326   0.0 %
            0     4.143       0.561       2.613  5.673  0.0172  0.340   0.0 %

      cut: share of the moved values that lie beyond the column's bounds and were set to them

      Tipping point: from pay=-1.7863 on, away from no shift, the 95 % interval holds 2.
      "
    `);
    const dated = parseSummary("mean:visit", [column("visit", { decimals: 0, format: { date: "yyyy-MM-dd" } })]);
    expect(curveText(own, asked.range, asked, dated.valueText)).toMatch(/^ +-6 +1970-01-04 +\d\.\d+ +1970-01-02 +1970-01-06 /m);
    const written = curveColumns([own]);
    expect(written.map(({ name }) => name)).toEqual(["summary", "shift", "estimate", "std.error", "df", "p.value", "conf.low", "conf.high", "fmi", "cut"]);
    expect(written[1].cells).toEqual(["-6", "-4", "-2", "0"]);
    const panel = curvePanel(own, asked.range, asked);
    const svg = await shiftPlotSvg([panel, { ...panel, title: "a < b & c", tipping: [] }]);
    expect(svg.match(/<circle/g)).toHaveLength(8);
    expect(svg).toContain("mean:pay, 95 % intervals");
    expect(svg).toContain("a &lt; b &amp; c");
    expect(svg).not.toMatch(/NaN|undefined|<script/);
    // of the rules only the tipping point's is dashed so
    expect(svg.match(/stroke-dasharray="7 3"/g)).toHaveLength(own.tipping.length);
  });
});

it("summaries that cannot be are refused with what is there instead", () => {
  const refused = (summary: string): string => {
    try {
      parseSummary(summary, columns);
      return "nothing is wrong";
    } catch (cause) {
      return (cause as Error).message;
    }
  };
  expect(["median:pay", "mean:wage", "mean:smoker", "share:pay=2", "share:smoker", "share:smoker=ja", "share:wage=2", "slope:y", "slope:y~wage", "slope:smoker~x", "slope:y~grade", "slope:y~x+x", "slope:y ~ smoker + grade"].map(refused).join("\n")).toMatchInlineSnapshot(`
    "--summary median:pay: expected mean:COLUMN, share:COLUMN=LEVEL or slope:Y~X, also slope:Y~X+Z for that of X beside Z.
    --summary mean:wage: there is no column "wage" that the model fills; it has x, pay, smoker, grade, y.
    --summary mean:smoker: "smoker" has levels, which have no mean; expected share:smoker=LEVEL with one of no, yes.
    --summary share:pay=2: "pay" is a column of numbers; expected mean:pay.
    --summary share:smoker: expected share:smoker=LEVEL with one of no, yes.
    --summary share:smoker=ja: expected share:smoker=LEVEL with one of no, yes.
    --summary share:wage=2: there is no column "wage" that the model fills; it has x, pay, smoker, grade, y.
    --summary slope:y: expected mean:COLUMN, share:COLUMN=LEVEL or slope:Y~X, also slope:Y~X+Z for that of X beside Z, with columns that the model fills: x, pay, smoker, grade, y.
    --summary slope:y~wage: expected mean:COLUMN, share:COLUMN=LEVEL or slope:Y~X, also slope:Y~X+Z for that of X beside Z, with columns that the model fills: x, pay, smoker, grade, y.
    --summary slope:smoker~x: "smoker" has levels; expected numbers on the left side of ~.
    --summary slope:y~grade: "grade" has 3 levels, and so no one slope; expected numbers or two levels first on the right side of ~.
    --summary slope:y~x+x: a column stands twice; expected each once.
    nothing is wrong"
  `);
});
