import type { Command } from "commander";
import type { TextColumn } from "../../data/index.ts";
import { pool, type Pooled } from "../../math/pooling.ts";
import { fraction, list, positive } from "../flags/parsers.ts";
import { examples, forceFlag, newCommand, tableFlags } from "../flags/shared.ts";
import { readEstimates, type EstimateColumns } from "../inputs/estimates.ts";
import { checkOutputPath } from "../inputs/files.ts";
import { loadTable, type TableOptions } from "../inputs/tables.ts";
import { checkPlaces } from "../output/places.ts";
import { textTable, writeColumnsTo } from "../output/table-output.ts";

interface PoolOptions extends TableOptions, EstimateColumns {
  completeDf?: number;
  level: number;
  output?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem pool`: one answer from analyses of completed tables, by Rubin's rules. */
export function poolCommand(program: Command): void {
  tableFlags(newCommand(program, "pool <estimates>", "one answer from the analyses of completed tables, by Rubin's rules", { seed: false }))
    .option("--complete-df <n>", "degrees of freedom that the analysis would have with complete data: rows less coefficients (default: infinitely many, for large tables)", positive)
    .option("--level <p>", "mass of the intervals", fraction, 0.95)
    .option("--term <columns>", "column(s) that say which estimate a line is of, separated by commas (default: term, parameter, variable, ... or the first, if it has no name)", list)
    .option("--estimate <column>", "the estimates (default: estimate, coef, beta, ...)")
    .option("--se <column>", "their standard errors (default: std.error, Std. Error, se, bse, ...)")
    .option("--variance <column>", "or their variances (default: variance, var)")
    .option("--imputation <column>", "number of the completed table; 0 is left out (default: .imp, imputation, _Imputation_, m, ...; without any, a term's lines are counted)")
    .option("-o, --output <file>", "also write the answers: term, estimate, std.error, statistic, df, p.value, conf.low, conf.high, fmi, riv, lambda, ubar, b")
    .addOption(forceFlag())
    .addHelpText("after", `\nThe table has a line for each term and completed table, as broom::tidy, coef(summary(...)), statsmodels or SAS write them:\n  .imp,term,estimate,std.error\n  1,age,0.42,0.11\n  2,age,0.47,0.12\n${examples("hhvaem pool estimates.csv --complete-df 146", "hhvaem pool estimates.csv --term name --estimate b --variance v --level 0.9 -o pooled.csv")}`)
    .action(run);
}

async function run(path: string, options: PoolOptions): Promise<void> {
  const { completeDf, level, output, force, json } = options;
  await checkPlaces({ reads: { "the table itself": path }, writes: { "--output": output }, force });
  const { terms, completions } = readEstimates(await loadTable(path, options), path, options);
  const pooled = terms.map(({ term, estimates }) => ({ term, ...pool(estimates, { completeDf, level }) }));
  if (output !== undefined) {
    checkOutputPath(output);
    await writeColumnsTo(output, resultColumns(pooled));
  }
  if (json) process.stdout.write(`${JSON.stringify({ completions, level, completeDf: completeDf ?? null, terms: pooled, output })}\n`);
  else process.stdout.write(`${summaryText(pooled, { completions, completeDf, level })}${output === undefined ? "" : `\n${output}\n`}`);
}

type PooledTerm = Pooled & { term: string };

function summaryText(pooled: readonly PooledTerm[], { completions, completeDf, level }: { completions: number; completeDf?: number; level: number }): string {
  const percent = Number((100 * level).toPrecision(6));
  const number = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "Inf");
  const rows = pooled.map((one) => [
    one.term,
    number(one.estimate),
    number(one.standardError),
    number(one.lower),
    number(one.upper),
    number(one.df),
    one.p < 0.0001 ? one.p.toExponential(1) : one.p.toFixed(4),
    one.missingInformation.toFixed(3),
    one.increase.toFixed(3),
  ]);
  const ofComplete = completeDf === undefined ? "infinitely many degrees of freedom with complete data (--complete-df says how many)" : `${completeDf} degrees of freedom with complete data`;
  return `${completions} completed tables; ${ofComplete}\n\n${textTable(["term", "estimate", "std. error", `lower ${percent} %`, "upper", "df", "p", "fmi", "riv"], rows)}\nfmi: fraction of missing information; riv: relative increase in variance by what is missing\n`;
}

/** The columns' names are those of broom and mice. */
function resultColumns(pooled: readonly PooledTerm[]): TextColumn[] {
  const number = (name: string, of: (one: PooledTerm) => number): TextColumn => ({ name, kind: "number", cells: pooled.map((one) => (of(one) === Infinity ? "Inf" : String(of(one)))) });
  return [
    { name: "term", kind: "text", cells: pooled.map(({ term }) => term) },
    number("estimate", ({ estimate }) => estimate),
    number("std.error", ({ standardError }) => standardError),
    number("statistic", ({ statistic }) => statistic),
    number("df", ({ df }) => df),
    number("p.value", ({ p }) => p),
    number("conf.low", ({ lower }) => lower),
    number("conf.high", ({ upper }) => upper),
    number("fmi", ({ missingInformation }) => missingInformation),
    number("riv", ({ increase }) => increase),
    number("lambda", ({ lambda }) => lambda),
    number("ubar", ({ within }) => within),
    number("b", ({ between }) => between),
  ];
}
