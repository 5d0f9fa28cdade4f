import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { describe } from "../../fetch/file-faults.ts";
import { isStream } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** Writes a file piece by piece, beside its place and renamed, gzipped if its name ends so. `kept`: what to do if that fails, for the message. */
export async function streamOutput(path: string, pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>, kept = ""): Promise<void> {
  const temporary = isStream(path) ? path : `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const content = Readable.from(pieces, { objectMode: false });
  try {
    if (/\.gz$/i.test(path)) await pipeline(content, createGzip(), createWriteStream(temporary));
    else await pipeline(content, createWriteStream(temporary));
    if (temporary !== path) await rename(temporary, path);
  } catch (cause) {
    if (temporary !== path) await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${describe(cause)}.${kept}`);
  }
}
