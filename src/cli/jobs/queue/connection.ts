import type { Redis } from "ioredis";
import { UsageError } from "../../usage-error.ts";
import { optionalPackage } from "../../../report/optional-package.ts";

/** The one queue that all workers serve. */
export const queueName = "hhvaem";

/** redis://… without its password, for messages. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/(.*)@/, "//***@").replace(/\?.*$/, "?***");
}

/** User and password from the environment, where the address has none. */
export function credentials(url: string, env: Readonly<Record<string, string | undefined>> = process.env): { username?: string; password?: string } {
  const { HHVAEM_QUEUE_USER: username, HHVAEM_QUEUE_PASSWORD: password } = env;
  if (!password || (URL.canParse(url) && new URL(url).password !== "")) return {};
  return { ...(username && { username }), password };
}

/**
 * A connection that waits for a server that is away, and says so once each time. Throws UsageError for an address that is none, or if
 * nothing answers at first.
 */
export async function connect(url: string, say: (text: string) => void): Promise<Redis> {
  if (!/^rediss?:\/\/[^/]+/.test(url)) throw new UsageError(`--queue ${shownUrl(url)}: expected an address such as redis://localhost:6379 (Redis or Valkey).`);
  const { Redis } = await optionalPackage("ioredis", import("ioredis"));
  // commands wait for the server instead of failing
  const connection = new Redis(url, { ...credentials(url), maxRetriesPerRequest: null, lazyConnect: true, retryStrategy: (attempt) => Math.min(5000, 200 * attempt) });
  let away = false;
  let known = false;
  let last: Error | undefined;
  connection.on("error", (cause: Error) => {
    last = cause;
    if (known && !away) say(`the queue does not answer (${cause.message || "connection lost"}); waiting for it ...`);
    away = true;
  });
  connection.on("ready", () => {
    if (known && away) say("the queue answers again");
    away = false;
    known = true;
  });
  try {
    await Promise.race([connection.connect(), new Promise((_, reject) => setTimeout(() => reject(new Error("no answer in 10 seconds")), 10_000).unref())]);
  } catch (cause) {
    connection.disconnect();
    throw new UsageError(`--queue ${shownUrl(url)}: no Redis or Valkey answers there (${(last ?? (cause as Error)).message || "no answer"}); start one, such as \`redis-server --appendonly yes\`, or correct the address.`);
  }
  return connection;
}
