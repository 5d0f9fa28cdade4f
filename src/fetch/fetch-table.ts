import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { Cache } from "./cache.ts";
import { convert } from "./convert.ts";
import { type Advice, download, type DownloadOptions } from "./download.ts";
import { FetchError } from "./fetch-error.ts";
import { PartialFile } from "./partial-file.ts";
import type { RemoteFile, Source } from "./source.ts";

export interface FetchOptions extends Pick<DownloadOptions, "idleMs" | "waitsMs"> {
  /** Folder of the cache. */
  cache: string;
  /** Address or path to take a file from, in the place of its own; the cache is then not asked. */
  from?(file: RemoteFile): string;
  /** Added to the message where a machine cannot be reached, such as on a proxy. */
  networkNote?: string;
  onProgress?(file: RemoteFile, done: number, total: number | null): void;
  onRetry?(file: RemoteFile, reason: string, seconds: number): void;
  onDamaged?(file: RemoteFile): void;
}

/** A file as it was used. */
export interface FetchedFile {
  file: string;
  /** Address or path; that of the source where it came out of the cache. */
  from: string;
  cached: boolean;
  sha256: string;
  bytes: number;
  /** Its checksum is stated in the table of sources, or that of all the texts in it is; or it is that of the first download, or this is the first. */
  checksum: "stated" | "content stated" | "as first" | "first";
}

/** The table as CSV, from the cache or the network, checked against what the source states. Throws FetchError. */
export async function fetchTable(source: Source, options: FetchOptions): Promise<{ csv: string; files: FetchedFile[] }> {
  const cache = await Cache.open(options.cache);
  const contents = new Map<string, Uint8Array>();
  const fresh: { remote: RemoteFile; partial: PartialFile; sha256: string }[] = [];
  const files: FetchedFile[] = [];
  try {
    for (const remote of source.files) {
      const known = options.from ? "absent" : await cache.read(remote);
      if (known === "damaged") options.onDamaged?.(remote);
      const expected = await cache.expected(remote);
      const parts = source.blocks.flat().filter(({ file }) => file === remote.file);
      const checksum = remote.sha256 !== null ? "stated" : parts.every(({ sha256 }) => sha256 !== null) ? "content stated" : expected !== null ? "as first" : "first";
      if (typeof known === "object") {
        contents.set(remote.file, known.bytes);
        files.push({ file: remote.file, from: remote.url, cached: true, sha256: known.sha256, bytes: known.bytes.length, checksum });
        continue;
      }
      const from = options.from?.(remote) ?? remote.url;
      const got = await bring(source, remote, from, expected, cache, options);
      fresh.push({ remote, ...got });
      contents.set(remote.file, await got.partial.bytes());
      files.push({ file: remote.file, from, cached: false, sha256: got.sha256, bytes: got.partial.size, checksum });
    }
    const csv = await converted(source, contents);
    // only what has proved good is kept, and becomes the measure of later downloads
    for (const { remote, partial, sha256 } of fresh) {
      if (!(await cache.keep(remote, partial, sha256))) throw new FetchError(`${remote.file}: another process downloaded something else at the same time.\n${adviceFor(source, remote, cache, options).changed}`);
    }
    return { csv, files };
  } catch (cause) {
    for (const { partial } of fresh) await partial.discard();
    throw cause;
  }
}

async function bring(source: Source, remote: RemoteFile, from: string, expected: string | null, cache: Cache, options: FetchOptions): Promise<{ partial: PartialFile; sha256: string }> {
  const advice = adviceFor(source, remote, cache, options);
  if (!/^https?:\/\//i.test(from)) return copy(from, remote, expected, cache, advice);
  return download({
    folder: cache.folder,
    file: remote.file,
    url: from,
    sha256: expected,
    advice,
    idleMs: options.idleMs,
    waitsMs: options.waitsMs,
    onProgress: (done, total) => options.onProgress?.(remote, done, total ?? remote.bytes),
    onRetry: (reason, seconds) => options.onRetry?.(remote, reason, seconds),
  });
}

/** A file that the user has brought. */
async function copy(path: string, remote: RemoteFile, expected: string | null, cache: Cache, advice: Advice): Promise<{ partial: PartialFile; sha256: string }> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new FetchError(`cannot read ${path}: ${(cause as Error).message}.\n${advice.bring}`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (expected !== null && sha256 !== expected) throw new FetchError(`${path} is not the file expected:\n  sha256 ${sha256} (${bytes.length} bytes), expected\n  sha256 ${expected}.\n${advice.changed}`);
  const partial = await PartialFile.claim(cache.folder, remote.file, path);
  const handle = await partial.begin({ url: path, validator: null, total: bytes.length });
  await partial.append(handle, bytes).finally(() => handle.close());
  return { partial, sha256 };
}

async function converted(source: Source, contents: ReadonlyMap<string, Uint8Array>): Promise<string> {
  try {
    return await convert(source, contents);
  } catch (cause) {
    if (!(cause instanceof FetchError)) throw cause;
    throw new FetchError(`${cause.message}\nThe files at the source may have changed; others can be given with --from.`);
  }
}

function adviceFor(source: Source, remote: RemoteFile, cache: Cache, { networkNote = "" }: FetchOptions): Advice {
  const urls = source.files.map(({ url }) => `\n  ${url}`).join("");
  const command = `hhvaem data fetch ${source.name} --from`;
  return {
    offline: `This machine may be offline, or a firewall may be in between.${networkNote && ` ${networkNote}`} What has come so far is kept for the next try.`,
    bring:
      source.files.length === 1
        ? `You can get it elsewhere, from${urls}\nand run: ${command} FILE`
        : `You can get the files elsewhere, from${urls}\nand run, with the folder they are in: ${command} FOLDER`,
    changed:
      remote.sha256 === null
        ? `The first download is recorded in ${cache.recordPath(remote)}. If the new file is right, delete that record and try again.`
        : "It may have changed at its source or been damaged on the way. Try again, or give a good copy with --from.",
  };
}
