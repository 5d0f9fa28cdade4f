import { mkdirSync, statSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";

/** Makes a folder and those it lies in; that of mkdir runs for minutes where there can be none (/proc; Node 20). Throws an error of the file system's. */
export function makeFolders(dir: string): void {
  const missing: string[] = [];
  for (let at = resolve(dir); ; at = dirname(at)) {
    const found = foundAt(at);
    if (found?.isDirectory()) break;
    if (found) throw Object.assign(new Error(`${at} is a file`), { code: missing.length === 0 ? "EEXIST" : "ENOTDIR" });
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  for (const at of missing) {
    try {
      mkdirSync(at);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      // another process was faster
      if (code === "EEXIST" && foundAt(at)?.isDirectory()) continue;
      // the folder above is there: it is none of a disk
      if (code === "ENOENT") throw Object.assign(new Error(`${dirname(at)} takes no new folders`), { code: "ENOTSUP" });
      throw cause;
    }
  }
}

function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    // below a file there is nothing
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw cause;
  }
}
