import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../usage-error.ts";

/** The files and folders of a job. */
export interface JobPlaces {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Throws UsageError unless everything that a job reads or writes lies in the folder, links followed. */
export async function confine(root: string, { reads, writes }: JobPlaces): Promise<void> {
  const inside = await realpath(root).catch(() => {
    throw new UsageError(`--root ${root}: there is no such folder; make it, or name another.`);
  });
  for (const [paths, verb] of [[reads, "read"], [writes, "write"]] as const) {
    for (const path of paths) {
      const real = await realPlace(path);
      if (real !== inside && !real.startsWith(inside.endsWith(sep) ? inside : `${inside}${sep}`)) {
        const how = resolve(path) === real ? "" : `, which leads to ${real}`;
        throw new UsageError(`the job is to ${verb} ${path}${how}: expected a place in ${root}, the worker's --root; put the files there, or start the worker with a --root that holds them.`);
      }
    }
  }
}

/** Where a path leads once all links are followed, also those of folders in which it is not yet, and those that lead to nothing: whoever writes follows them. */
async function realPlace(path: string, links = 0): Promise<string> {
  const own = resolve(path);
  try {
    return await realpath(own);
  } catch {
    const parent = dirname(own);
    if (parent === own) return own;
    const place = await realPlace(parent, links);
    const target = await readlink(own).catch(() => undefined);
    if (target === undefined) return join(place, basename(own));
    if (links > 40) throw new UsageError(`${path}: expected a path, got links that lead in a circle; remove them.`);
    return realPlace(resolve(place, target), links + 1);
  }
}
