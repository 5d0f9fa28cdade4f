import { sources } from "../../fetch/index.ts";
import { textTable } from "../output/text-table.ts";
import { targetsOf } from "./data-fetch.ts";

/** `hhvaem data list`: what `data fetch` can get. */
export async function dataListCommand({ json }: { json?: boolean }): Promise<void> {
  if (json) {
    const tables = sources.map((source) => ({ ...source, columns: source.columns.map(([name]) => name), targets: targetsOf(source), blocks: undefined, layout: undefined, order: undefined, add: undefined, unitLength: undefined }));
    process.stdout.write(`${JSON.stringify({ tables })}\n`);
    return;
  }
  const rows = sources.map((source) => [source.name, String(source.rows), String(source.columns.length - source.targets), targetsOf(source).join(", "), source.files.map(({ file }) => file).join(", "), new URL(source.files[0].url).host]);
  process.stdout.write(textTable(["table", "rows", "features", "target", "files", "from"], rows));
  process.stdout.write("\n");
  for (const { name, title, licence, citation, home, note } of sources) process.stdout.write(`${name}: ${title}. ${home}\n  ${citation}\n  Licence: ${licence}.\n${note ? `  Note: ${note}.\n` : ""}`);
}
