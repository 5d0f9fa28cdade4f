import { leastSquares } from "../../math/least-squares.ts";
import { pool, type Estimate } from "../../math/pooling.ts";
import { studentQuantile } from "../../math/student-t.ts";
import { terms, type Completed, type DataSet, type Term } from "./data-set.ts";

/** What an analysis says of one slope. */
export interface Slope {
  estimate: number;
  standardError: number;
  df: number;
  lower: number;
  upper: number;
}

export type Slopes = Readonly<Record<Term, Slope>>;

/** The regression of y on w, x and group over some rows of a data set with these x and group: intercept first. */
function regress({ w, y }: DataSet, { x, group }: Completed, rows: readonly number[]): { coefficients: readonly Estimate[]; df: number } {
  const design = Float64Array.from(rows.flatMap((r) => [1, w[r], x[r], group[r]]));
  return leastSquares(design, rows.map((r) => y[r]), 1 + terms.length);
}

/** The analysis without imputation, of all rows as if nothing were missing, or of the rows in which nothing is. */
export function slopesWithout(data: DataSet, completeCases: boolean, level: number): Slopes {
  const all = Array.from({ length: data.rows }, (_, r) => r);
  const { coefficients, df } = regress(data, data, completeCases ? all.filter((r) => data.knownX[r] && data.knownGroup[r]) : all);
  const t = studentQuantile(0.5 + level / 2, df);
  return slopesOf((i) => {
    const { estimate, variance } = coefficients[i];
    const standardError = Math.sqrt(variance);
    return { estimate, standardError, df, lower: estimate - t * standardError, upper: estimate + t * standardError };
  });
}

/** The analysis of every completed data set, pooled by Rubin's rules. */
export function pooledSlopes(data: DataSet, completed: readonly Completed[], level: number): Slopes {
  const all = Array.from({ length: data.rows }, (_, r) => r);
  const analyses = completed.map((one) => regress(data, one, all));
  return slopesOf((i) => {
    const { estimate, standardError, df, lower, upper } = pool(analyses.map(({ coefficients }) => coefficients[i]), { completeDf: analyses[0].df, level });
    return { estimate, standardError, df, lower, upper };
  });
}

function slopesOf(of: (coefficient: number) => Slope): Slopes {
  return Object.fromEntries(terms.map((term, i) => [term, of(i + 1)])) as unknown as Slopes;
}
