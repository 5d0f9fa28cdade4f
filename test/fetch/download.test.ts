import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { download, type DownloadOptions } from "../../src/fetch/download.ts";
import { workFolder } from "../cli/run.ts";
import { badServer, cut, inTurn, serve, status } from "./bad-server.ts";

const work = workFolder();
const body = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 251);
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const advice = { offline: "OFFLINE", bring: "BRING", changed: "CHANGED" };

let folder = "";
let count = 0;
let retries: string[] = [];
/** What the download under way has stored so far. */
const reader = { stored: 0 };
beforeEach(() => {
  folder = work.path(`cache${count++}`);
  mkdirSync(folder);
  retries = [];
});

const get = (url: string, more: Partial<DownloadOptions> = {}): ReturnType<typeof download> =>
  download({ folder, file: "a.bin", url, sha256: digest(body), advice, idleMs: 20_000, waitsMs: [1, 1, 1], onRetry: (reason) => retries.push(reason), onProgress: (done) => (reader.stored = done), ...more });
const failure = (url: string, more: Partial<DownloadOptions> = {}): Promise<string> =>
  get(url, more).then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );

it("a whole file comes in one request, with its progress", async () => {
  const { url, seen } = await badServer(serve(body));
  const progress: [number, number | null][] = [];
  const { partial, sha256 } = await get(`${url}a.bin`, { onProgress: (done, total) => progress.push([done, total]) });
  expect(sha256).toBe(digest(body));
  expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
  expect(progress[0]).toEqual([0, body.length]);
  expect(progress.at(-1)).toEqual([body.length, body.length]);
  expect(seen).toEqual([{ path: "/a.bin", range: undefined, ifRange: undefined }]);
});

it("a server that announces no length is believed when it ends", async () => {
  const { url } = await badServer((_, response) => {
    response.write(body.subarray(0, 1000));
    response.end(body.subarray(1000));
  });
  expect((await get(url)).partial.size).toBe(body.length);
});

it("cut off midway: only the rest is asked for, and only if the file is still the same", async () => {
  const { url, seen } = await badServer(inTurn(cut(body, 20_000, reader), serve(body)));
  const { partial } = await get(url);
  expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
  expect(seen.map(({ range, ifRange }) => [range, ifRange])).toEqual([
    [undefined, undefined],
    ["bytes=20000-", '"1"'],
  ]);
  expect(retries).toEqual(["the connection ended after 20000 of 50000 bytes"]);
});

it("what one call left, the next goes on with", async () => {
  const { url, seen } = await badServer(inTurn(cut(body, 20_000, reader), status(404), serve(body)));
  expect(await failure(url)).toContain("answered 404");
  await get(url);
  expect(seen.at(-1)!.range).toBe("bytes=20000-");
});

it("a beginning is not mixed with the file of another address", async () => {
  const { url, seen } = await badServer(inTurn(cut(body, 20_000, reader), status(404), serve(body)));
  await failure(`${url}a`);
  await get(`${url}b`);
  expect(seen.at(-1)!.range).toBeUndefined();
});

it("the date of the last change serves where there is no ETag; without either the file starts anew", async () => {
  const date = "Mon, 02 Jan 2023 03:04:05 GMT";
  const dated = await badServer(inTurn(cut(body, 20_000, reader, { "last-modified": date }), serve(body, date)));
  await get(dated.url);
  expect(dated.seen[1]).toMatchObject({ range: "bytes=20000-", ifRange: date });
  const bare = await badServer(inTurn(cut(body, 20_000, reader, {}), serve(body)));
  await get(bare.url);
  expect(bare.seen[1].range).toBeUndefined();
  const weak = await badServer(inTurn(cut(body, 20_000, reader, { etag: 'W/"1"' }), serve(body)));
  await get(weak.url);
  expect(weak.seen[1].range).toBeUndefined();
});

it("a server that ignores Range sends the whole file, which starts anew", async () => {
  const { url, seen } = await badServer(
    inTurn(cut(body, 20_000, reader), (_, response) => {
      response.writeHead(200, { "content-length": body.length });
      response.end(body);
    }),
  );
  const { partial } = await get(url);
  expect(seen[1].range).toBe("bytes=20000-");
  expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
});

it("a file that changed in between starts anew", async () => {
  const before = body.map((value) => value ^ 255);
  const { url, seen } = await badServer(inTurn(cut(before, 20_000, reader, { etag: '"old"' }), serve(body, '"new"')));
  const { partial } = await get(url);
  expect(seen[1].ifRange).toBe('"old"');
  expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
});

it("a server that goes on with a changed file all the same is found out, by its ETag or by the checksum", async () => {
  const before = body.map((value) => value ^ 255);
  const careless = (etag: string) => inTurn(cut(before, 20_000, reader, { etag: '"old"' }), (_, response) => {
    response.writeHead(206, { etag, "content-range": `bytes 20000-${body.length - 1}/${body.length}`, "content-length": body.length - 20_000 });
    response.end(body.subarray(20_000));
  }, serve(body));
  for (const etag of ['"new"', '"old"']) {
    const { url, seen } = await badServer(careless(etag));
    const { partial } = await get(url);
    expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
    expect(seen).toHaveLength(3);
    expect(seen[2].range).toBeUndefined();
  }
  expect(retries).toContain("the pieces do not fit together");
});

it("a part from elsewhere in the file is not taken", async () => {
  const { url } = await badServer(
    inTurn(
      cut(body, 20_000, reader),
      (_, response) => {
        response.writeHead(206, { "content-range": `bytes 0-9/${body.length}`, "content-length": 10 });
        response.end(body.subarray(0, 10));
      },
      serve(body),
    ),
  );
  await get(url);
  expect(retries.at(-1)).toBe("the server sent another part than the one asked for");
});

it("a part that nobody asked for is not taken", async () => {
  const { url } = await badServer(
    inTurn((_, response) => {
      response.writeHead(206, { "content-range": `bytes 0-${body.length - 1}/${body.length}`, "content-length": body.length });
      response.end(body);
    }, serve(body)),
  );
  await get(url);
  expect(retries).toEqual(["the server sent another part than the one asked for"]);
});

it("a length that never comes is an error that says how much came", async () => {
  const short = body.subarray(0, 30_000);
  const { url, seen } = await badServer(cut(body, short.length, reader, {}));
  expect(await failure(url)).toMatch(/^FetchError: cannot get a\.bin from 127\.0\.0\.1:\d+: the connection ended after 30000 of 50000 bytes \(4 tries\)\.\nBRING$/);
  expect(seen).toHaveLength(4);
});

it("503 twice, then fine; Retry-After is heeded", async () => {
  const { url, seen } = await badServer(inTurn(status(503), status(503, { "retry-after": "1" }), serve(body)));
  const seconds: number[] = [];
  await get(url, { onRetry: (_, s) => seconds.push(s) });
  expect(seen).toHaveLength(3);
  expect(seconds).toEqual([0.001, 1]);
});

it("503 for ever ends after the tries there are", async () => {
  const { url, seen } = await badServer(status(503));
  expect(await failure(url)).toContain("answered 503 Service Unavailable (4 tries).\nBRING");
  expect(seen).toHaveLength(4);
});

it("404 is not tried again", async () => {
  const { url, seen } = await badServer(status(404));
  expect(await failure(`${url}gone.zip`)).toMatch(/^FetchError: cannot get a\.bin: 127\.0\.0\.1:\d+ answered 404 Not Found for http:\/\/127\.0\.0\.1:\d+\/gone\.zip; the file may have moved\.\nBRING$/);
  expect(seen).toHaveLength(1);
});

it("a web page in the file's place is no file", async () => {
  const { url } = await badServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end("<html>please log in</html>");
  });
  expect(await failure(url)).toContain("sent a web page in its place");
});

it("a wrong checksum names both, and nothing of the file stays", async () => {
  const wrong = body.map((value) => value ^ 1);
  const { url } = await badServer(serve(wrong));
  expect(await failure(url)).toBe(`FetchError: a.bin from ${url} is not the file expected:\n  sha256 ${digest(wrong)} (50000 bytes), expected\n  sha256 ${digest(body)}.\nCHANGED`);
  expect(readdirSync(folder)).toEqual([]);
});

it("silence ends a try, slowness does not", async () => {
  const slow = await badServer((_, response) => {
    response.writeHead(200, { "content-length": body.length });
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, at + 5000));
      at += 5000;
      if (at >= body.length) {
        clearInterval(timer);
        response.end();
      }
    }, 250);
  });
  // ten pieces, 2.5 s in all, none later than 0.25 s after the other
  expect((await get(slow.url, { idleMs: 1500 })).sha256).toBe(digest(body));
  expect(retries).toEqual([]);
  const silent = await badServer(
    inTurn((_, response) => {
      response.writeHead(200, { etag: '"1"', "content-length": body.length });
      response.write(body.subarray(0, 10_000));
    }, serve(body)),
  );
  await get(silent.url, { idleMs: 1500 });
  expect(retries).toEqual(["nothing came for 1.5 s"]);
  expect(silent.seen[1].range).toBe("bytes=10000-");
});

it("a redirect is followed; a beginning from behind it goes on", async () => {
  const { url, seen } = await badServer((request, response, n) => {
    if (request.url === "/a") {
      response.writeHead(302, { location: "/b" });
      response.end();
    } else (n === 1 ? cut(body, 20_000, reader) : serve(body))(request, response, n);
  });
  await get(`${url}a`);
  expect(seen.map(({ path, range }) => [path, range])).toEqual([
    ["/a", undefined],
    ["/b", undefined],
    ["/a", "bytes=20000-"],
    ["/b", "bytes=20000-"],
  ]);
});

it("nobody there: says so, and what to do", async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
  expect(await failure(`http://127.0.0.1:${port}/`)).toBe(`FetchError: cannot get a.bin from 127.0.0.1:${port}: the connection was refused (4 tries).\nOFFLINE\nBRING`);
  expect(retries).toHaveLength(3);
  expect(await failure("http://no-such-name.invalid/")).toContain("its name could not be looked up");
});

it("two downloads of one file at once do not touch each other's bytes", async () => {
  const halfway: ServerResponse[] = [];
  const { url } = await badServer((_, response) => {
    response.writeHead(200, { etag: '"1"', "content-length": body.length });
    response.write(body.subarray(0, 25_000));
    // neither ends before both have begun
    if (halfway.push(response) === 2) for (const each of halfway) each.end(body.subarray(25_000));
  });
  const [one, two] = await Promise.all([get(url), get(url)]);
  expect(one.partial.path).not.toBe(two.partial.path);
  for (const { partial } of [one, two]) expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
});

it("two calls do not both take the same beginning", async () => {
  const { url, seen } = await badServer(inTurn(cut(body, 20_000, reader), status(404), serve(body)));
  await failure(url);
  const [one, two] = await Promise.all([get(url), get(url)]);
  for (const { partial } of [one, two]) expect(Buffer.compare(readFileSync(partial.path), body)).toBe(0);
  expect(seen.slice(2).map(({ range }) => range ?? "all").sort()).toEqual(["all", "bytes=20000-"]);
});

it.runIf(process.platform === "linux")("a full disk is named as such", async () => {
  const { url } = await badServer(serve(body));
  // the beginning that is taken over is a device that is always full
  symlinkSync("/dev/full", join(folder, "a.bin.free-00000000.part"));
  writeFileSync(join(folder, "a.bin.free-00000000.part.json"), JSON.stringify({ url, validator: null, total: null }));
  expect(await failure(url)).toMatch(/^FetchError: cannot write .*a\.bin\..*\.part: the disk is full\. Make room, or name a folder on another disk with --cache\.$/);
});

it("a file without end is given up", async () => {
  let stop = false;
  const block = Buffer.alloc(1 << 20);
  const { url } = await badServer((_, response) => {
    response.on("close", () => (stop = true));
    const more = (): void => {
      while (!stop && response.write(block));
      if (!stop) response.once("drain", more);
    };
    more();
  });
  expect(await failure(url)).toContain("sends more than 64 MB; it is not the file expected.");
  await expect.poll(() => stop).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});
