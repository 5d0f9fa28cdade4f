import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { fetchTable, sources, type FetchedFile, type RemoteFile, type Source } from "../../../fetch/index.ts";
import { cacheFolder, proxyNote } from "../../environment.ts";
import { examples, forceFlag } from "../../flags/shared.ts";
import { makeFolder, writeOutput } from "../../inputs/files.ts";
import { checkPlaces } from "../../output/places.ts";
import { ProgressLine } from "../../output/progress.ts";
import { UsageError } from "../../usage-error.ts";

interface DataFetchOptions {
  out: string;
  cache?: string;
  from?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem data fetch`: public tables as CSV, from the cache or from their homes. */
export function dataFetchCommand(data: Command): void {
  data
    .command("fetch <names...>")
    .description("download tables (or all), check them, and write each as NAME.csv; goes on where an earlier download ended")
    .option("--out <dir>", "folder of the tables", ".")
    .option("--cache <dir>", "folder of the downloads (default: hhvaem/data in the user's cache folder)")
    .option("--from <place>", "take the files from here instead: an address that ends in / or a folder that holds them, or the address or path of a table's one file")
    .addOption(forceFlag())
    .option("--json", "one JSON object instead of text")
    .option("--debug", "show stacks of errors")
    .addHelpText("after", examples("hhvaem data fetch boston yacht --out tables", "hhvaem data fetch wine --from https://mirror.example/uci/", "hhvaem data fetch wine --from ~/Downloads/wine.zip"))
    .action(run);
}

async function run(names: readonly string[], options: DataFetchOptions): Promise<void> {
  const wanted = chosen(names);
  const from = options.from === undefined ? undefined : elsewhere(options.from, wanted);
  const cache = options.cache ?? join(cacheFolder(), "hhvaem", "data");
  const originals = wanted.flatMap(({ files }) => files);
  await checkPlaces({
    reads: { "what --from names": from && originals.map(from), "an original in the cache": originals.map(({ file }) => join(cache, file)) },
    writes: { "--out": wanted.map(({ name }) => join(options.out, `${name}.csv`)) },
    force: options.force,
  });
  await makeFolder(options.out);
  const progress = new ProgressLine();
  const say = (line: string): void => {
    progress.done();
    process.stderr.write(`${line}\n`);
  };
  const done: object[] = [];
  for (const source of wanted) {
    const { csv, files } = await fetchTable(source, {
      cache,
      from,
      networkNote: proxyNote(),
      onProgress: ({ file }, bytes, total) => progress.update(`${file}, kB`, kilobytes(bytes), total === null ? null : kilobytes(total)),
      onRetry: ({ file }, reason, seconds) => say(`${file}: ${reason}; trying again in ${seconds} s`),
      onDamaged: ({ file }) => say(`${file}: the copy in ${cache} is damaged; getting it again`),
    }).finally(() => progress.done());
    const output = join(options.out, `${source.name}.csv`);
    await writeOutput(output, csv);
    done.push({ name: source.name, output, rows: source.rows, columns: source.columns.length, targets: targetsOf(source), licence: source.licence, citation: source.citation, note: source.note, files });
    if (!options.json) process.stdout.write(`${source.name}: ${source.rows} rows, ${source.columns.length} columns in ${output}; target ${targetsOf(source).join(", ")}; ${origin(files)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ cache: resolve(cache), tables: done })}\n`);
}

function chosen(names: readonly string[]): readonly Source[] {
  if (names.includes("all")) return sources;
  const unknown = names.filter((name) => !sources.some((source) => source.name === name));
  if (unknown.length > 0) throw new UsageError(`no table is called ${unknown.join(", ")}; there are ${sources.map(({ name }) => name).join(", ")}, and all for all of them.`);
  return sources.filter(({ name }) => names.includes(name));
}

/** Where each file is instead: below an address or folder, or the one address or file itself. */
function elsewhere(from: string, wanted: readonly Source[]): (file: RemoteFile) => string {
  const web = /^https?:\/\//i.test(from);
  if (!web && !existsSync(from)) throw new UsageError(`--from ${from}: there is no such file or folder; an address begins with https://.`);
  if (web ? from.endsWith("/") : statSync(from).isDirectory()) return ({ file }) => (web ? `${from}${file}` : join(from, file));
  const files = wanted.flatMap((source) => source.files);
  if (files.length === 1) return () => from;
  throw new UsageError(`--from ${from} is one file, but ${files.length} are needed: ${files.map(({ file }) => file).join(", ")}. Give ${web ? "an address that ends in / and has them below it" : "the folder they are in"}.`);
}

export function targetsOf({ columns, targets }: Source): string[] {
  return columns.slice(-targets).map(([name]) => name);
}

function origin(files: readonly FetchedFile[]): string {
  const how = { stated: "checksum as stated", "content stated": "checksum of the content as stated", "as first": "the same as first downloaded", first: "no checksum is published: recorded for the next time" };
  const places = files.map(({ cached, from }) => (cached ? "the cache" : URL.canParse(from) ? new URL(from).host : from));
  return `from ${[...new Set(places)].join(", ")}, ${[...new Set(files.map(({ checksum }) => how[checksum]))].join(", ")}`;
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}
