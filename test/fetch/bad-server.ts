import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

export interface Seen {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
}

/** Answers the n-th request, from 0. */
export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A server on this machine that answers as told and remembers what it was asked; it ends with the test. */
export async function badServer(answer: Answer): Promise<{ url: string; seen: Seen[]; close(): Promise<void> }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url!, range: request.headers.range, ifRange: request.headers["if-range"] as string | undefined });
    answer(request, response, seen.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  open.push(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen, close };
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Sends the whole file, or what Range asks for if If-Range names its ETag. */
export function serve(body: Uint8Array, etag = '"1"'): Answer {
  return (request, response) => {
    const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    if (start !== undefined && request.headers["if-range"] === etag) {
      const rest = body.subarray(Number(start));
      response.writeHead(206, { etag, "content-length": rest.length, "content-range": `bytes ${start}-${body.length - 1}/${body.length}` });
      response.end(rest);
    } else {
      response.writeHead(200, { etag, "content-length": body.length });
      response.end(body);
    }
  };
}

/** Announces the whole file, sends the first bytes of it and cuts the connection once the reader has stored them: what it has not read by then would be lost. */
export function cut(body: Uint8Array, sent: number, reader: { stored: number }, headers: Record<string, string> = { etag: '"1"' }): Answer {
  return (_, response) => {
    reader.stored = 0;
    response.writeHead(200, { ...headers, "content-length": body.length });
    const cutWhenStored = (): void => void (reader.stored === sent || response.destroyed ? response.destroy() : setTimeout(cutWhenStored, 2));
    response.write(body.subarray(0, sent), cutWhenStored);
  };
}

/** One answer after another; the last one stays. */
export function inTurn(...answers: Answer[]): Answer {
  return (request, response, n) => answers[Math.min(n, answers.length - 1)](request, response, n);
}

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, headers);
    response.end("no");
  };
}
