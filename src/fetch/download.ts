import type { FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { FetchError } from "./fetch-error.ts";
import { IdleLimit } from "./idle-limit.ts";
import { networkFailure } from "./network-failure.ts";
import { PartialFile } from "./partial-file.ts";

/** What the user can do; ends the messages. */
export interface Advice {
  /** Where the machine is not reached at all. */
  offline: string;
  /** Where the file cannot be had there. */
  bring: string;
  /** Where it is not the one expected. */
  changed: string;
}

export interface DownloadOptions {
  /** Where the beginning is kept; the folder exists. */
  folder: string;
  /** Name of the file there. */
  file: string;
  url: string;
  /** Expected checksum; null where unknown. */
  sha256: string | null;
  advice: Advice;
  /** Longest time without a byte. */
  idleMs?: number;
  /** Times to wait before further tries; a try that brought new bytes starts the list anew. */
  waitsMs?: readonly number[];
  onProgress?(done: number, total: number | null): void;
  /** Another try follows, in so many seconds. */
  onRetry?(reason: string, seconds: number): void;
}

/** More than any of the files has: what is larger is none of them. */
const mostBytes = 64 * 2 ** 20;
const longestWaitMs = 30_000;

/** A try that failed in a way that another may mend. */
class Interrupted extends Error {
  constructor(
    readonly reason: string,
    readonly retryAfterMs = 0,
    /** No answer at all, not even a refusal by the server. */
    readonly unreached = false,
  ) {
    super(reason);
  }
}

/**
 * The complete file, still under its partial name: as long as the server announced, with the expected checksum. Goes on where an earlier try ended (Range with
 * If-Range), starts anew where the server changed the file or ignores ranges. Throws FetchError; what has come by then stays for the next call.
 */
export async function download(options: DownloadOptions): Promise<{ partial: PartialFile; sha256: string }> {
  const { waitsMs = [1000, 2000, 4000, 8000] } = options;
  const { file, url, sha256: expected, advice } = options;
  const partial = await PartialFile.claim(options.folder, file, url);
  let tries = 0;
  let fruitless = 0;
  let most = partial.size;
  for (;;) {
    const resumed = partial.size > 0;
    tries++;
    try {
      await attempt(partial, options);
      const sha256 = await partial.sha256();
      if (expected === null || sha256 === expected) return { partial, sha256 };
      const bytes = partial.size;
      await partial.discard();
      // two halves of different files: once more in one piece
      if (resumed) throw new Interrupted("the pieces do not fit together");
      throw new FetchError(`${file} from ${url} is not the file expected:\n  sha256 ${sha256} (${bytes} bytes), expected\n  sha256 ${expected}.\n${advice.changed}`);
    } catch (cause) {
      if (!(cause instanceof Interrupted)) {
        await partial.release();
        throw cause;
      }
      fruitless = partial.size > most ? 1 : fruitless + 1;
      most = Math.max(most, partial.size);
      if (fruitless > waitsMs.length) {
        await partial.release();
        const why = `${cause.reason} (${tries} ${tries === 1 ? "try" : "tries"})`;
        throw new FetchError(`cannot get ${file} from ${new URL(url).host}: ${why}.\n${cause.unreached ? `${advice.offline}\n` : ""}${advice.bring}`);
      }
      const ms = Math.min(longestWaitMs, Math.max(waitsMs[fruitless - 1], cause.retryAfterMs));
      options.onRetry?.(cause.reason, ms / 1000);
      await wait(ms);
    }
  }
}

/** One request. Throws Interrupted where another try makes sense. */
async function attempt(partial: PartialFile, options: DownloadOptions): Promise<void> {
  const idle = new IdleLimit(options.idleMs ?? 30_000);
  try {
    const response = await request(partial, options, idle);
    const handle = response.status === 206 ? await partial.goOn() : await partial.begin(originOf(response, options.url));
    await store(response, partial, handle, options, idle).finally(() => handle.close());
  } catch (cause) {
    // after a failure of ours, such as a full disk, an open connection would keep the process
    idle.end();
    throw cause;
  }
  const total = partial.origin!.total;
  if (total !== null && partial.size !== total) throw new Interrupted(`the connection ended after ${partial.size} of ${total} bytes`);
}

async function request(partial: PartialFile, options: DownloadOptions, idle: IdleLimit): Promise<Response> {
  // bytes as they are: with a content coding neither lengths nor ranges would be those of the file
  const headers: Record<string, string> = { "accept-encoding": "identity", "user-agent": "hhvaem" };
  if (partial.size > 0) {
    if (partial.origin?.validator && partial.size !== partial.origin.total) {
      headers.range = `bytes=${partial.size}-`;
      headers["if-range"] = partial.origin.validator;
    } else {
      await partial.discard();
    }
  }
  let response: Response;
  try {
    response = await idle.during(fetch(options.url, { headers, signal: idle.signal }));
  } catch (cause) {
    throw interruption(cause, idle, options);
  }
  try {
    await checkResponse(response, partial, options);
    return response;
  } catch (cause) {
    // an unread body would hold its connection open
    await response.body?.cancel();
    throw cause;
  }
}

async function checkResponse(response: Response, partial: PartialFile, { file, url, advice }: DownloadOptions): Promise<void> {
  const { status, statusText, headers } = response;
  const host = new URL(response.url).host;
  if (new URL(url).protocol === "https:" && !response.url.startsWith("https:")) throw new FetchError(`${url} leads to ${response.url}, which is not encrypted; nothing of it was used.\n${advice.bring}`);
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    const etag = headers.get("etag");
    const same = !etag || !partial.origin?.validator?.startsWith('"') || etag === partial.origin.validator;
    if (range && partial.origin && partial.size > 0 && Number(range[1]) === partial.size && same) {
      if (range[2] !== "*") partial.origin.total = Number(range[2]);
      return;
    }
  }
  if (status === 206 || status === 416) {
    await partial.discard();
    throw new Interrupted("the server sent another part than the one asked for");
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) throw new Interrupted(`${host} answered ${status} ${statusText}`.trimEnd(), retryAfter(headers));
  if (status !== 200) throw new FetchError(`cannot get ${file}: ${host} answered ${status} ${statusText}`.trimEnd() + ` for ${response.url}; the file may have moved.\n${advice.bring}`);
  if (/^text\/html\b/i.test(headers.get("content-type") ?? "")) throw new FetchError(`cannot get ${file}: ${host} sent a web page in its place, perhaps the log-in page of this network.\n${advice.bring}`);
}

async function store(response: Response, partial: PartialFile, handle: FileHandle, options: DownloadOptions, idle: IdleLimit): Promise<void> {
  options.onProgress?.(partial.size, partial.origin!.total);
  const reader = response.body?.getReader();
  while (reader) {
    let chunk: Awaited<ReturnType<typeof reader.read>>;
    try {
      chunk = await idle.during(reader.read());
    } catch (cause) {
      const { total } = partial.origin!;
      if (idle.reached || total === null || partial.size === total) throw interruption(cause, idle, options);
      throw new Interrupted(`the connection ended after ${partial.size} of ${total} bytes`);
    }
    if (chunk.done) return;
    await partial.append(handle, chunk.value);
    options.onProgress?.(partial.size, partial.origin!.total);
    if (partial.size > mostBytes) {
      await reader.cancel();
      await partial.discard();
      throw new FetchError(`${options.url} sends more than ${mostBytes / 2 ** 20} MB; it is not the file expected.\n${options.advice.bring}`);
    }
  }
}

function originOf({ headers }: Response, url: string): PartialFile["origin"] & object {
  const etag = headers.get("etag");
  const coded = !["", "identity"].includes(headers.get("content-encoding") ?? "");
  const length = headers.get("content-length");
  return {
    url,
    // a weak ETag may stand for other bytes with the same meaning
    validator: coded ? null : etag?.startsWith('"') ? etag : headers.get("last-modified"),
    total: coded || length === null ? null : Number(length),
  };
}

function interruption(cause: unknown, idle: IdleLimit, { file, url, advice }: DownloadOptions): Error {
  if (idle.reached) return new Interrupted(`nothing came for ${idle.ms / 1000} s`);
  const { words, again } = networkFailure(cause);
  return again ? new Interrupted(words, 0, true) : new FetchError(`cannot get ${file} from ${new URL(url).host}: ${words}.\n${advice.bring}`);
}

/** Retry-After in ms, where it is a number of seconds. */
function retryAfter(headers: Headers): number {
  const text = headers.get("retry-after") ?? "";
  return /^\d+$/.test(text) ? 1000 * Number(text) : 0;
}
