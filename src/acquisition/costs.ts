import { parseTable, TableError, type TableProblem } from "../data/index.ts";

/** What each feature costs [D], and those of which it was not said. */
export interface Costs {
  costs: Float64Array;
  assumed: number[];
}

/**
 * Costs of the features from a file's text: JSON {"column": cost, ...}, or CSV lines column,cost; numbers above 0 in any unit. Features that it does not name cost `usual` each.
 * Throws TableError with all problems.
 */
export function parseCosts(bytes: Uint8Array, features: readonly string[], { source = "costs", usual = 1 }: { source?: string; usual?: number } = {}): Costs {
  const costs = new Float64Array(features.length).fill(Number.NaN);
  const problems: TableProblem[] = [];
  for (const { name, cost, row } of entries(bytes, source)) {
    const at = features.indexOf(name);
    const value = Number(cost);
    if (at < 0) problems.push({ row, column: name, message: `is no feature of the model; it has ${features.map((feature) => `"${feature}"`).join(", ")}.` });
    else if (!Number.isNaN(costs[at])) problems.push({ row, column: name, message: "has two costs; keep one." });
    else if (cost === "" || !Number.isFinite(value)) problems.push({ row, column: name, message: `expected a cost, got ${JSON.stringify(cost)}.` });
    else if (value <= 0) problems.push({ row, column: name, message: `expected a cost above 0, got ${cost}; what costs nothing should be filled in before asking.` });
    if (at >= 0) costs[at] = value;
  }
  if (problems.length > 0) throw new TableError(problems, source);
  const assumed = [...costs.keys()].filter((i) => Number.isNaN(costs[i]));
  for (const i of assumed) costs[i] = usual;
  return { costs, assumed };
}

function entries(bytes: Uint8Array, source: string): { name: string; cost: string; row?: number }[] {
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith("{")) {
    try {
      return Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, cost]) => ({ name, cost: typeof cost === "number" ? String(cost) : JSON.stringify(cost) }));
    } catch (cause) {
      throw new TableError([{ message: `not valid JSON: ${(cause as Error).message}; expected {"column": cost, ...}.` }], source);
    }
  }
  const table = parseTable(bytes, { header: false, missing: [], source });
  if (table.columns.length !== 2) throw new TableError([{ message: `expected two columns, the feature and its cost, got ${table.columns.length}.` }], source);
  const rows = Array.from({ length: table.rows }, (_, row) => ({ name: table.cell(row, 0), cost: table.cell(row, 1), row: table.line(row) }));
  const [first] = rows;
  return first && /^[^\d.+-]*$/.test(first.cost) && first.cost !== "" ? rows.slice(1) : rows;
}
