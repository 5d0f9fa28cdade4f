import { basename } from "node:path";
import { TableError, type RawTable, type TableProblem } from "../../data/index.ts";
import { readCell } from "../../data/cells/format.ts";
import type { Estimate } from "../../math/pooling.ts";
import { UsageError } from "../usage-error.ts";

/** Columns that the user names; what is not named is found by its usual names. */
export interface EstimateColumns {
  /** Columns that say together which estimate a line is of. */
  term?: string[];
  estimate?: string;
  /** Standard error. */
  se?: string;
  variance?: string;
  /** Number of the completed table. */
  imputation?: string;
}

/** The estimates of one term: one a completed table. */
export interface TermEstimates {
  term: string;
  estimates: Estimate[];
}

/** Names that programs give their columns, in lower case, letters and digits alone: those of broom, R's summaries, statsmodels, SAS, Stata, mice. */
const usualNames = {
  term: ["term", "parameter", "parm", "variable", "effect", "name", "predictor", "covariate"],
  /** Models with several equations say by these which one. */
  group: ["ylevel", "component", "contrast", "response"],
  estimate: ["estimate", "est", "coef", "coefficient", "coefficients", "beta", "params", "qhat", "value"],
  se: ["stderror", "standarderror", "stderr", "se", "bse", "secoef", "seestimate"],
  variance: ["variance", "var", "squarederror", "uhat"],
  imputation: ["imp", "imputation", "completion", "dataset", "mj", "m"],
} as const;

/** Estimates by term, in order of appearance, each from the same completed tables. Analyses of the table before it was completed (number 0) are left out. Throws UsageError, TableError. */
export function readEstimates(table: RawTable, path: string, named: EstimateColumns): { terms: TermEstimates[]; completions: number } {
  const columns = findColumns(table, path, named);
  const problems: TableProblem[] = [];
  const found = new Map<string, Map<string, Estimate>>();
  for (let row = 0; row < table.rows; row++) {
    const imputation = columns.imputation === undefined ? undefined : table.observedCell(row, columns.imputation)?.trim();
    if (columns.imputation !== undefined && imputation === undefined) problems.push({ row: table.line(row), column: table.columns[columns.imputation], message: "expected the number of the completed table, got nothing." });
    if (imputation === "0") continue;
    const term = columns.term.map((column) => table.cell(row, column).trim()).filter((part) => part !== "").join(", ");
    const own = found.get(term) ?? new Map<string, Estimate>();
    found.set(term, own);
    const estimate = readNumberAt(table, row, columns.estimate, problems);
    const spread = readNumberAt(table, row, columns.spread, problems, 0);
    // without numbers of completed tables the lines of a term are counted
    const number = imputation ?? String(own.size + 1);
    if (own.has(number)) problems.push({ row: table.line(row), message: `a second estimate${term === "" ? "" : ` of "${term}"`} from the completed table ${number}; expected one.` });
    own.set(number, { estimate, variance: columns.squared ? spread : spread ** 2 });
  }
  if (problems.length > 0) throw new TableError(problems, basename(path));
  return checkCompletions(found, path, columns.imputation !== undefined);
}

function readNumberAt(table: RawTable, row: number, column: number, problems: TableProblem[], above = -Infinity): number {
  const text = table.observedCell(row, column);
  const { kind, format } = table.readingOf(column);
  const value = text === undefined ? undefined : readCell(text, kind === "date" ? undefined : format);
  if (value !== undefined && value > above && Number.isFinite(value)) return value;
  problems.push({ row: table.line(row), column: table.columns[column], message: `expected a number${above === 0 ? " above 0" : ""}, got ${text === undefined ? "nothing" : JSON.stringify(text)}.` });
  return Number.NaN;
}

/** Throws UsageError unless every term has an estimate from each of at least two completed tables. */
function checkCompletions(found: ReadonlyMap<string, ReadonlyMap<string, Estimate>>, path: string, numbered: boolean): { terms: TermEstimates[]; completions: number } {
  const all = [...new Set([...found.values()].flatMap((own) => [...own.keys()]))];
  if (found.size === 0) throw new UsageError(`${path} holds no estimates of completed tables; expected a line for each term and completed table.`);
  for (const [term, own] of found) {
    if (own.size === all.length) continue;
    const lacking = all.filter((number) => !own.has(number));
    const what = numbered ? `no estimate from ${lacking.length === 1 ? "the completed table" : "the completed tables"} ${lacking.slice(0, 5).join(", ")}${lacking.length > 5 ? ", ..." : ""}` : `${own.size} of ${all.length} estimates`;
    throw new UsageError(`${path}: the term "${term}" has ${what}; every term needs one estimate from each completed table, under the same name.`);
  }
  if (all.length < 2) throw new UsageError(`${path}: expected estimates from at least two completed tables, got ${all.length}; what is between them tells how much is missing.`);
  return { terms: [...found].map(([term, own]) => ({ term, estimates: [...own.values()] })), completions: all.length };
}

interface FoundColumns {
  term: number[];
  estimate: number;
  /** Standard error or, if `squared`, variance. */
  spread: number;
  squared: boolean;
  imputation?: number;
}

function findColumns(table: RawTable, path: string, named: EstimateColumns): FoundColumns {
  const plain = table.columns.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  const usual = (names: readonly string[]): number | undefined => names.map((name) => plain.indexOf(name)).find((at) => at >= 0);
  const given = (flag: string, name: string): number => {
    const at = table.columns.indexOf(name);
    if (at < 0) throw new UsageError(`--${flag} ${name}: ${path} has no such column; it has ${table.columns.join(", ")}.`);
    return at;
  };
  const one = (flag: "estimate" | "se" | "variance" | "imputation"): number | undefined => (named[flag] === undefined ? usual(usualNames[flag]) : given(flag, named[flag]));
  if (named.se !== undefined && named.variance !== undefined) throw new UsageError("--se and --variance exclude each other: one is the square of the other.");
  const estimate = one("estimate");
  if (estimate === undefined) throw new UsageError(`${path} has no column of estimates under a usual name (estimate, coef, ...); name it with --estimate COLUMN. It has ${table.columns.join(", ")}.`);
  const se = named.variance === undefined ? one("se") : undefined;
  const spread = se ?? one("variance");
  if (spread === undefined) throw new UsageError(`${path} has no column of standard errors or variances under a usual name (std.error, se, variance, ...); name it with --se COLUMN or --variance COLUMN. It has ${table.columns.join(", ")}.`);
  const imputation = one("imputation");
  return { estimate, spread, squared: se === undefined, ...(imputation !== undefined && { imputation }), term: termColumns() };

  function termColumns(): number[] {
    if (named.term !== undefined) return named.term.map((name) => given("term", name));
    const at = usual(usualNames.term) ?? (table.isNameless(0) ? 0 : undefined);
    const groups = usualNames.group.map((name) => plain.indexOf(name)).filter((column) => column >= 0);
    return at === undefined ? groups : [at, ...groups];
  }
}
