import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectClose } from "../expect-close.ts";
import { readEstimates, type EstimateColumns } from "../../src/cli/inputs/estimates.ts";
import { parseTable } from "../../src/data/index.ts";
import { pool, type Pooled } from "../../src/math/pooling.ts";
import { hhvaem, workFolder } from "./run.ts";

const folder = workFolder();

/** lm(chl ~ age + bmi) on five completions of mice's nhanes, mice 3.15 in R 4.2: estimates and standard errors by table. */
const nhanes = [
  { age: [23.98071933321136, 7.63466735564131], bmi: [5.07774903489233, 1.7009259026806] },
  { age: [35.52863805588033, 8.6102664238604], bmi: [8.91353915403548, 1.67242004317507] },
  { age: [41.8406899996456, 9.05096267454743], bmi: [5.34256317903931, 1.55124347552207] },
  { age: [31.4473714578122, 8.76328177486913], bmi: [5.95755187153023, 1.77936150416099] },
  { age: [21.57121425091871, 8.91634312624878], bmi: [4.3950799407097, 2.01812193954664] },
];
const lines = (line: (imputation: number, term: "age" | "bmi", estimate: number, error: number) => string): string =>
  nhanes.map((own, i) => (["age", "bmi"] as const).map((term) => `${line(i + 1, term, own[term][0], own[term][1])}\n`).join("")).join("");

const read = (text: string, named: EstimateColumns = {}): ReturnType<typeof readEstimates>["terms"] => readEstimates(parseTable(text, { source: "file.csv" }), "file.csv", named).terms;
const pooled = (text: string, named: EstimateColumns = {}, level = 0.95): (Pooled & { term: string })[] => read(text, named).map(({ term, estimates }) => ({ term, ...pool(estimates, { completeDf: 22, level }) }));

describe("pool", () => {
  const tidy = `.imp,term,estimate,std.error\n0,age,1,1\n0,bmi,1,1\n${lines((m, term, estimate, error) => `${m},${term},${estimate},${error}`)}`;

  it("prints what mice's pool gives, and writes it with mice's names; the observed table's analysis is left out", () => {
    const run = hhvaem("pool", folder.write("tidy.csv", tidy), "--complete-df", "22", "-o", folder.path("pooled.csv"));
    expect(run.code, run.err).toBe(0);
    expect(run.out.replace(folder.path("pooled.csv"), "pooled.csv")).toMatchInlineSnapshot(`
      "5 completed tables; 22 degrees of freedom with complete data

        term  estimate  std. error  lower 95 %  upper     df       p    fmi    riv
        ----  --------  ----------  ----------  -----  -----  ------  -----  -----
        age      30.87       12.53     -0.1336  61.88  5.736  0.0507  0.636  1.118
        bmi      5.937       2.601     -0.5886  12.46  5.443  0.0670  0.654  1.206

      fmi: fraction of missing information; riv: relative increase in variance by what is missing

      pooled.csv
      "
    `);
    const [head, age] = readFileSync(folder.path("pooled.csv"), "utf8").trim().split("\n").map((line) => line.split(","));
    expect(head).toEqual(["term", "estimate", "std.error", "statistic", "df", "p.value", "conf.low", "conf.high", "fmi", "riv", "lambda", "ubar", "b"]);
    // of summary(pool(fit), conf.int = TRUE) and pool(fit)
    const mice = [30.87372661949364, 12.53095209300871, 2.463797354769137, 5.73613682457585, 0.0507107421625651, -0.133575862749964, 61.8810291017372, 0.635995430025606, 1.11828619821526, 0.527920258913768, 74.12820821359215, 69.08046011973937];
    expectClose(age.slice(1).map(Number), mice, { rtol: 1e-8, atol: 1e-9 });
  });

  it("reads what R's summaries, statsmodels, SAS and Excel write: other names, variances, row labels, decimal commas, lines that only their order numbers", () => {
    const expected = pooled(tidy);
    const files = [
      `"",Estimate,Std. Error,t value\n${lines((_, term, estimate, error) => `"${term}",${estimate},${error},${estimate / error}`)}`,
      `_Imputation_,Parameter,Estimate,StdErr\n${lines((m, term, estimate, error) => `${m},${term},${estimate},${error}`)}`,
      `imputation,variable,coef,variance\n${lines((m, term, estimate, error) => `${m},${term},${estimate},${error ** 2}`)}`,
      `m;name;coef;bse\n${lines((m, term, estimate, error) => `${m};${term};${estimate};${error}`).replaceAll(".", ",")}`,
    ];
    for (const text of files) {
      const found = pooled(text);
      expect(found.map(({ term }) => term)).toEqual(["age", "bmi"]);
      for (const [j, own] of found.entries()) expectClose([own.estimate, own.standardError, own.df, own.lower, own.p], [expected[j].estimate, expected[j].standardError, expected[j].df, expected[j].lower, expected[j].p], { rtol: 1e-9, atol: 1e-12 });
    }
    const odd = `run,what,b,v\n${lines((m, term, estimate, error) => `${m},${term},${estimate},${error ** 2}`)}`;
    const named = pooled(odd, { term: ["what"], estimate: "b", variance: "v", imputation: "run" }, 0.9);
    // summary(pool(fit), conf.int = TRUE, conf.level = 0.9)
    expectClose([named[1].lower], [0.788748991624415], { rtol: 1e-8 });
  });

  it("says where a line is wrong, what every term needs and which columns are sought", () => {
    const refused = (text: string, named: EstimateColumns = {}): string => {
      try {
        read(text, named);
        return "nothing is wrong";
      } catch (cause) {
        return (cause as Error).message;
      }
    };
    expect([
      refused(".imp,term,estimate,std.error\n1,age,0.1,NA\n2,age,0.2,-1\n2,age,0.2,1\n,age,0.2,1\n"),
      refused(".imp,term,estimate,std.error\n1,age,0.1,1\n2,age,0.2,1\n2,bmi,0.2,1\n"),
      refused("term,estimate,std.error\nage,0.1,1\nage1,0.2,1\nage,0.2,1\n"),
      refused(".imp,term,estimate,std.error\n1,age,0.1,1\n1,bmi,0.2,1\n"),
      refused(".imp,term,estimate,std.error\n0,age,0.1,1\n"),
      refused("term,quantity,std.error\nage,0.1,1\n"),
      refused("term,estimate,spread\nage,0.1,1\n"),
      refused("term,estimate,spread\nage,0.1,1\n", { se: "error" }),
      refused("term,estimate,spread\nage,0.1,1\n", { se: "spread", variance: "spread" }),
    ].join("\n")).toMatchInlineSnapshot(`
      "file.csv, row 2, column "std.error": expected a number above 0, got nothing.
      file.csv, row 3, column "std.error": expected a number above 0, got "-1".
      file.csv, row 4: a second estimate of "age" from the completed table 2; expected one.
      file.csv, row 5, column ".imp": expected the number of the completed table, got nothing.
      file.csv: the term "bmi" has no estimate from the completed table 1; every term needs one estimate from each completed table, under the same name.
      file.csv: the term "age1" has 1 of 2 estimates; every term needs one estimate from each completed table, under the same name.
      file.csv: expected estimates from at least two completed tables, got 1; what is between them tells how much is missing.
      file.csv holds no estimates of completed tables; expected a line for each term and completed table.
      file.csv has no column of estimates under a usual name (estimate, coef, ...); name it with --estimate COLUMN. It has term, quantity, std.error.
      file.csv has no column of standard errors or variances under a usual name (std.error, se, variance, ...); name it with --se COLUMN or --variance COLUMN. It has term, estimate, spread.
      --se error: file.csv has no such column; it has term, estimate, spread.
      --se and --variance exclude each other: one is the square of the other."
    `);
    expect(hhvaem("pool", folder.write("bad.csv", "term,estimate,std.error\nage,0.1,1\n"))).toMatchObject({ code: 2, err: `${folder.path("bad.csv")}: expected estimates from at least two completed tables, got 1; what is between them tells how much is missing.\n` });
  });
});
