import { formatValue, isContinuous, type Column } from "../../data/index.ts";
import { leastSquares } from "../../math/least-squares.ts";
import type { Estimate } from "../../math/pooling.ts";
import { mean, variance } from "../../math/statistics.ts";
import { UsageError } from "../usage-error.ts";

/** The cells of a column in a completed table: numbers in original units, or indices of levels; NaN for a hole that stays. */
export type ValuesOf = (column: Column) => ArrayLike<number>;

/** An analysis of a completed table that gives one number. */
export interface Summary {
  /** As it was asked for. */
  readonly text: string;
  /** The columns that it takes; rows in which one is missing are left out. */
  readonly columns: readonly Column[];
  /** The estimate with its squared standard error. undefined where there is none: no rows, or columns that depend on each other. */
  estimate(valuesOf: ValuesOf): Estimate | undefined;
  /** How its values are written, where they are no plain numbers: dates. */
  readonly valueText?: (value: number) => string;
  /** Degrees of freedom with complete data of so many rows: rows less coefficients. */
  completeDf(rows: number): number;
}

const kinds = "mean:COLUMN, share:COLUMN=LEVEL or slope:Y~X, also slope:Y~X+Z for that of X beside Z";

/** The summary that a text asks for: mean:COLUMN, share:COLUMN=LEVEL, slope:Y~X+Z. Throws UsageError. */
export function parseSummary(text: string, columns: readonly Column[]): Summary {
  const refuse = (message: string): never => {
    throw new UsageError(`--summary ${text}: ${message}`);
  };
  const named = (name: string): Column => columns.find((one) => one.name === name.trim()) ?? refuse(`there is no column "${name.trim()}" that the model fills; it has ${columns.map((one) => one.name).join(", ")}.`);
  const [, kind, rest] = /^(mean|share|slope):(.+)$/s.exec(text) ?? refuse(`expected ${kinds}.`);
  if (kind === "mean") {
    const column = named(rest);
    return isContinuous(column.type) ? meanOf(text, column) : refuse(`"${column.name}" has levels, which have no mean; expected share:${column.name}=LEVEL with one of ${column.categories!.join(", ")}.`);
  }
  if (kind === "share") {
    const column = columns.filter(({ name }) => rest.startsWith(`${name}=`)).sort((a, b) => b.name.length - a.name.length)[0] ?? named(rest.includes("=") ? rest.slice(0, rest.lastIndexOf("=")) : rest);
    if (isContinuous(column.type)) return refuse(`"${column.name}" is a column of numbers; expected mean:${column.name}.`);
    const level = column.categories!.indexOf(rest.slice(column.name.length + 1));
    return level >= 0 && rest.length > column.name.length ? shareOf(text, column, level) : refuse(`expected share:${column.name}=LEVEL with one of ${column.categories!.join(", ")}.`);
  }
  const [outcome, terms] = sides(rest, columns) ?? refuse(`expected ${kinds}, with columns that the model fills: ${columns.map((one) => one.name).join(", ")}.`);
  if (!isContinuous(outcome.type)) return refuse(`"${outcome.name}" has levels; expected numbers on the left side of ~.`);
  const [x] = terms;
  if (!isContinuous(x.type) && x.categories!.length !== 2) return refuse(`"${x.name}" has ${x.categories!.length} levels, and so no one slope; expected numbers or two levels first on the right side of ~.`);
  if (terms.includes(outcome) || new Set(terms).size < terms.length) return refuse("a column stands twice; expected each once.");
  return slopeOf(text, outcome, terms);
}

/** Y and the terms of "Y~X+Z"; names may hold ~ and +. */
function sides(text: string, columns: readonly Column[]): [Column, Column[]] | undefined {
  for (const outcome of columns) {
    const rest = new RegExp(`^\\s*${escaped(outcome.name)}\\s*~(.*)$`, "s").exec(text)?.[1];
    const terms = rest === undefined ? undefined : termsOf(rest.trim(), columns);
    if (terms) return [outcome, terms];
  }
  return undefined;
}

function termsOf(text: string, columns: readonly Column[]): Column[] | undefined {
  for (const column of columns) {
    if (text === column.name) return [column];
    const rest = new RegExp(`^${escaped(column.name)}\\s*\\+\\s*(.*)$`, "s").exec(text)?.[1];
    const others = rest === undefined ? undefined : termsOf(rest, columns);
    if (others) return [column, ...others];
  }
  return undefined;
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function known(values: ArrayLike<number>): number[] {
  return Array.from(values).filter((value) => !Number.isNaN(value));
}

/** Q = mean, U = s^2 / n. */
function meanOf(text: string, column: Column): Summary {
  return {
    text,
    columns: [column],
    ...(column.format?.date !== undefined && { valueText: (value) => formatValue(column, value) }),
    completeDf: (rows) => rows - 1,
    estimate(valuesOf) {
      const values = known(valuesOf(column));
      return values.length < 2 ? undefined : { estimate: mean(values), variance: variance(values) / values.length };
    },
  };
}

/** Q = p, U = p (1 - p) / n. */
function shareOf(text: string, column: Column, level: number): Summary {
  return {
    text,
    columns: [column],
    completeDf: (rows) => rows - 1,
    estimate(valuesOf) {
      const values = known(valuesOf(column));
      const share = mean(values.map((value) => Number(value === level)));
      return values.length < 2 ? undefined : { estimate: share, variance: (share * (1 - share)) / values.length };
    },
  };
}

/** The coefficient of the first term in the regression of y on all of them and a constant. Levels are 0 and 1 beside the first level. */
function slopeOf(text: string, outcome: Column, terms: readonly Column[]): Summary {
  const widths = terms.map((term) => (isContinuous(term.type) ? 1 : term.categories!.length - 1));
  const width = 1 + widths.reduce((a, b) => a + b, 0);
  return {
    text,
    columns: [outcome, ...terms],
    completeDf: (rows) => rows - width,
    estimate(valuesOf) {
      const y = valuesOf(outcome);
      const xs = terms.map(valuesOf);
      const rows = Array.from({ length: y.length }, (_, row) => row).filter((row) => ![y, ...xs].some((values) => Number.isNaN(values[row])));
      // numbers from their mean, which no slope depends on: digits are kept
      const centers = terms.map((term, t) => (isContinuous(term.type) ? mean(rows.map((row) => xs[t][row])) : 0));
      const design = rows.flatMap((row) => [1, ...terms.flatMap((term, t) => (isContinuous(term.type) ? [xs[t][row] - centers[t]] : Array.from({ length: widths[t] }, (_, level) => Number(xs[t][row] === level + 1))))]);
      try {
        return leastSquares(design, rows.map((row) => y[row]), width).coefficients[1];
      } catch (cause) {
        if (cause instanceof RangeError) return undefined;
        throw cause;
      }
    },
  };
}
