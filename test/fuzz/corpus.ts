import { mkdirSync, readFileSync, renameSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";

/** Inputs that once went wrong, as small as they could be made; every run begins with them. */
export function keptInputs(folder: string, name: string): unknown[] {
  const path = join(folder, `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as unknown[]) : [];
}

/** Keeps one more; false where it is there already. */
export function keepInput(folder: string, name: string, input: unknown): boolean {
  const all = keptInputs(folder, name);
  const text = JSON.stringify(input);
  if (all.some((own) => JSON.stringify(own) === text)) return false;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(`${path}.new`, `[\n${[...all, input].map((own) => `  ${JSON.stringify(own)}`).join(",\n")}\n]\n`);
  renameSync(`${path}.new`, path);
  return true;
}
