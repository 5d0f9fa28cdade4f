import type { Command } from "commander";
import { sources } from "../../../fetch/index.ts";
import { textTable } from "../../output/table-output.ts";
import { targetsOf } from "./fetch.ts";

/** `hhvaem data list`: what `data fetch` can get. */
export function dataListCommand(data: Command): void {
  data.command("list").description("what there is: rows, targets, files, licences").option("--json", "one JSON object instead of text").action(run);
}

async function run({ json }: { json?: boolean }): Promise<void> {
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
