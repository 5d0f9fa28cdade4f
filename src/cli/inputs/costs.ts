import { basename } from "node:path";
import { parseCosts } from "../../acquisition/index.ts";
import { UsageError } from "../usage-error.ts";
import { readInput } from "./files.ts";

export interface CostOptions {
  /** A file of costs. */
  costs?: string;
  /** What costs that it does not name. */
  defaultCost?: number;
}

/** What each feature costs; undefined: all the same. What was assumed of those that `canBeAsked` is said in a line. Throws UsageError, TableError. */
export async function costsOf({ costs: path, defaultCost }: CostOptions, features: readonly { name: string }[], canBeAsked: (column: number) => boolean): Promise<Float64Array | undefined> {
  if (path === undefined) {
    if (defaultCost !== undefined) throw new UsageError("--default-cost goes with --costs FILE.");
    return undefined;
  }
  const usual = defaultCost ?? 1;
  const { costs, assumed } = parseCosts(await readInput(path), features.map(({ name }) => name), { source: basename(path), usual });
  const said = assumed.filter(canBeAsked).map((column) => features[column].name);
  if (said.length > 0) process.stderr.write(`note: ${basename(path)} has no cost for ${said.map((name) => `"${name}"`).join(", ")}; each counts as ${usual} (--default-cost).\n`);
  return costs;
}
