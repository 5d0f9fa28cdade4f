import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { isStream, standard } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

type Paths = string | undefined | readonly (string | undefined)[];

/** All that a command reads and writes. The keys are what messages call it. */
export interface Places {
  /** "the table itself", "the file of --splits" */
  reads: Readonly<Record<string, Paths>>;
  /** "--output", "--cells" */
  writes: Readonly<Record<string, Paths>>;
  /** Folders that the command empties on its way. */
  clears?: readonly string[];
  /** Whether it may. */
  force?: boolean;
}

/** Throws UsageError if an output would overwrite what the command reads or another output, also by a link or another spelling, unless `force` allows it. */
export async function checkPlaces({ reads, writes, clears = [], force }: Places): Promise<void> {
  if (force) return;
  const read = new Map<string, string>();
  for (const [what, path] of each(reads)) {
    const file = await fileAt(path);
    if (file.there) read.set(file.identity, what);
    for (const folder of clears) if (await liesIn(path, folder)) throw new UsageError(`${path} is ${what}, and this command empties ${folder}, in which it lies; move it, choose another output, or let it go with --force.`);
  }
  const written = new Map<string, string>();
  for (const [what, path] of each(writes)) {
    const file = await fileAt(path);
    // what is no file, such as /dev/null, takes what comes
    if (isStream(path)) continue;
    const input = read.get(file.identity);
    if (input !== undefined) throw new UsageError(`${path} is ${input}, which would be overwritten; choose another name, or overwrite it with --force.`);
    const other = written.get(file.identity);
    if (other !== undefined) throw new UsageError(`${what} ${path}: ${other === what ? `${what} writes this file twice` : `${other} is the same file`}, and one would overwrite the other; choose another name, or keep only the last with --force.`);
    written.set(file.identity, what);
  }
}

function each(places: Readonly<Record<string, Paths>>): [what: string, path: string][] {
  return Object.entries(places).flatMap(([what, paths]) => (typeof paths === "string" ? [paths] : (paths ?? [])).flatMap((path): [string, string][] => (path === undefined || path === standard ? [] : [[what, path]])));
}

/** What tells a file from all others, whatever its name: device and inode; of one that is not there yet its folder's and its name. */
async function fileAt(path: string): Promise<{ identity: string; there: boolean }> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found) return { identity: `${found.dev} ${found.ino}`, there: true };
  return { identity: join(await realFolder(dirname(path)), basename(path)), there: false };
}

async function realFolder(dir: string): Promise<string> {
  return realpath(dir).catch(() => dir);
}

async function liesIn(path: string, folder: string): Promise<boolean> {
  const [file, root] = await Promise.all([realpath(path), realpath(folder)]).catch(() => [undefined, undefined]);
  return file !== undefined && file.startsWith(`${root}${sep}`);
}
