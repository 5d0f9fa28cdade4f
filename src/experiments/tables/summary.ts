import { signedRankTwoSided, studentTwoSided } from "../../math/student-t.ts";
import { meanAndError } from "../../report/index.ts";
import { runName, type TableResult } from "./table-results.ts";

/** A measure of a run: how it is called, whether less is better, and where it stands. */
export interface Measure {
  name: string;
  title: string;
  lessIsBetter: boolean;
  of(result: TableResult): number | undefined;
}

const score = (name: "ll_xu" | "ll_xu_per_feature" | "ll_y" | "error_xu" | "coverage_50" | "coverage_90" | "crps" | "interval_score" | "target_crps" | "target_coverage_90", title: string, lessIsBetter: boolean): Measure => ({ name, title, lessIsBetter, of: ({ scores }) => scores[name] ?? undefined });

/** The measures of the tables, in their order. */
export const measures: readonly Measure[] = [
  score("ll_xu", "ll_xu, mean over features inside the exponential", false),
  score("ll_xu_per_feature", "ll_xu per feature", false),
  score("ll_y", "ll_y", false),
  // with several targets the mean of their RMSEs
  { name: "target_error", title: "target error (RMSE in units, or error rate)", lessIsBetter: true, of: ({ scores: { rmse, rmses, error_rate } }) => (rmses ? meanAndError(rmses).mean : (rmse ?? error_rate)) },
  score("error_xu", "error_xu", true),
  score("coverage_50", "cells inside their 50 % interval", false),
  score("coverage_90", "cells inside their 90 % interval", false),
  score("crps", "CRPS of hidden numbers, coded", true),
  score("interval_score", "score of 90 % intervals, coded", true),
  score("target_crps", "CRPS of the first target, coded", true),
  score("target_coverage_90", "first targets inside their 90 % interval", false),
  { name: "acceptance", title: "acceptance of HMC transitions", lessIsBetter: false, of: ({ scores: { acceptance } }) => (acceptance === null ? undefined : acceptance) },
  { name: "train_seconds", title: "seconds of training", lessIsBetter: true, of: ({ trainSeconds }) => trainSeconds || undefined },
  { name: "evaluate_seconds", title: "seconds of evaluation", lessIsBetter: true, of: ({ evaluateSeconds }) => evaluateSeconds },
];

/** A method's measure on a table, over its runs. */
export interface TableEntry {
  table: string;
  method: string;
  measure: string;
  runs: number;
  mean: number;
  /** Over folds and seeds; NaN for one run. */
  standardError: number;
}

/** One entry per table, method and measure that any run has, in order of first appearance. */
export function summariseTables(results: readonly TableResult[]): TableEntry[] {
  const groups = new Map<string, TableResult[]>();
  for (const result of results) {
    const name = `${result.table}\0${result.method}`;
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return [...groups.values()].flatMap((own) =>
    measures.flatMap(({ name, of }) => {
      const values = own.map(of).filter((value): value is number => value !== undefined && Number.isFinite(value));
      return values.length === 0 ? [] : [{ table: own[0].table, method: own[0].method, measure: name, runs: values.length, ...meanAndError(values) }];
    }),
  );
}

/** A method against the baseline of a comparison, run by run: the same table, fold and seed. */
export interface PairedComparison {
  method: string;
  measure: string;
  runs: number;
  /** Runs in which the method is better, and tables in whose mean it is. */
  betterRuns: number;
  tables: number;
  betterTables: number;
  /** Mean over tables of (method - baseline), in the measure's own units, and its standard error over tables. */
  difference: { mean: number; standardError: number };
  /** Two-sided p over tables: t test of the mean difference, and Wilcoxon's signed ranks. NaN for fewer than two tables. */
  pStudent: number;
  pSignedRank: number;
}

/** All methods against one, for the measures that both have. */
export function compareWith(baseline: string, results: readonly TableResult[], wanted: readonly string[] = ["ll_xu", "ll_xu_per_feature", "ll_y", "target_error", "error_xu"]): PairedComparison[] {
  const methods = [...new Set(results.map(({ method }) => method))].filter((method) => method !== baseline);
  const byName = new Map(results.map((result) => [runName(result), result]));
  return methods.flatMap((method) =>
    measures.filter(({ name }) => wanted.includes(name)).flatMap((measure): PairedComparison[] => {
      const differences = new Map<string, number[]>();
      for (const result of results.filter((own) => own.method === method)) {
        const [here, there] = [result, byName.get(runName({ ...result, method: baseline }))].map((own) => own && measure.of(own));
        if (here === undefined || there === undefined || !Number.isFinite(here - there)) continue;
        differences.set(result.table, [...(differences.get(result.table) ?? []), here - there]);
      }
      const runs = [...differences.values()].flat();
      if (runs.length === 0) return [];
      const better = (value: number): boolean => (measure.lessIsBetter ? value < 0 : value > 0);
      const perTable = [...differences.values()].map((values) => meanAndError(values).mean);
      const difference = meanAndError(perTable);
      return [{
        method, measure: measure.name, runs: runs.length, betterRuns: runs.filter(better).length, tables: perTable.length, betterTables: perTable.filter(better).length, difference,
        pStudent: studentTwoSided(difference.mean / difference.standardError, perTable.length - 1),
        pSignedRank: perTable.length < 2 ? Number.NaN : signedRankTwoSided(perTable),
      }];
    }),
  );
}
