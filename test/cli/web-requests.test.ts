import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servePage } from "../../src/cli/web/page-server.ts";
import { rangeOf } from "../../src/cli/web/static-files.ts";
import { foldIn, keyFromSeed, uniform } from "../../src/math/key.ts";
import { workFolder } from "./run.ts";

const folder = workFolder();
const page = "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
folder.write("web/index.html", page);
folder.write("web/page.js", "0123456789");
folder.write("web/empty.css", "");
folder.write("web/.hidden", "hidden");
folder.write("web/chunks/a b.js", "space");
folder.write("secret.txt", "secret");
symlinkSync(folder.path("secret.txt"), folder.path("web/link.txt"));
symlinkSync(folder.path("."), folder.path("web/up"));
mkdirSync(folder.path("web/none"));

let server: Server;
let port = 0;
beforeAll(async () => {
  ({ server, port } = await servePage(folder.path("web"), [0]));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends bytes as they stand and that no more comes, and returns the answer, "" if there is none. */
function raw(request: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(request));
    let answer = "";
    socket.setTimeout(5000, () => reject(new Error(`no answer to ${JSON.stringify(String(request)).slice(0, 200)}`)));
    socket.on("data", (part) => (answer += part.toString("latin1")));
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
  });
}

const ask = (line: string, headers: readonly string[] = [], host = `localhost:${port}`): Promise<string> => raw([line, `Host: ${host}`, "Connection: close", ...headers, "", ""].join("\r\n"));
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const bodyOf = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);
const goesOn = async (): Promise<void> => expect(bodyOf(await ask("GET / HTTP/1.1"))).toBe(page);

describe("ranges", () => {
  const table: [range: string, status: number, body: string][] = [
    ["bytes=0-3", 206, "0123"], ["bytes=4-", 206, "456789"], ["bytes=-3", 206, "789"], ["bytes=0-0", 206, "0"], ["bytes=9-9", 206, "9"], ["bytes=8-99", 206, "89"], ["bytes=-99", 206, "0123456789"], ["BYTES= 1-2 ", 206, "12"],
    ["bytes=5-2", 416, ""], ["bytes=10-", 416, ""], ["bytes=99-100", 416, ""], ["bytes=-0", 416, ""], ["bytes=-", 416, ""], ["bytes=", 416, ""], ["bytes=a-b", 416, ""], ["bytes=1.5-2", 416, ""], ["bytes=0x1-2", 416, ""], ["bytes=1-2-3", 416, ""],
    ["bytes=--1", 416, ""], ["bytes=+1-2", 416, ""], ["bytes=99999999999999999999-", 416, ""], ["bytes=0-99999999999999999999", 416, ""], ["bytes=NaN-Infinity", 416, ""],
    ["bytes=0-1,3-4", 200, "0123456789"], ["lines=1-2", 200, "0123456789"], ["", 200, "0123456789"], ["bytes 0-1", 200, "0123456789"],
  ];
  for (const [range, status, body] of table) {
    it(`Range: ${range}`, async () => {
      const answer = await ask("GET /page.js HTTP/1.1", [`Range: ${range}`]);
      expect(statusOf(answer)).toBe(status);
      if (status !== 416) expect(bodyOf(answer)).toBe(body);
      else expect(answer).toMatch(/content-range: bytes \*\/10\r/i);
      if (status === 206) expect(answer).toMatch(new RegExp(`content-length: ${body.length}\\r`, "i"));
      await goesOn();
    });
  }
  it("of an empty file there are none", async () => {
    expect(statusOf(await ask("GET /empty.css HTTP/1.1", ["Range: bytes=0-"]))).toBe(416);
    expect(rangeOf("bytes=-5", 0)).toBe("none");
  });
  it("HEAD says how long the part is, and sends none", async () => {
    const answer = await ask("HEAD /page.js HTTP/1.1", ["Range: bytes=2-3"]);
    expect([statusOf(answer), bodyOf(answer)]).toEqual([206, ""]);
    expect(bodyOf(await ask("HEAD /page.js HTTP/1.1", ["Range: bytes=5-2"]))).toBe("");
  });
  it("If-Range of another file gives the whole one", async () => {
    expect(statusOf(await ask("GET /page.js HTTP/1.1", ["Range: bytes=2-3", 'If-Range: "other"']))).toBe(200);
  });
});

describe("paths", () => {
  const found: [path: string, body: string][] = [["/", page], ["/index.html?x=../y", page], ["/page.js#x", "0123456789"], ["/chunks/a%20b.js", "space"], ["/%70age.js", "0123456789"], ["//page.js", "0123456789"]];
  for (const [path, body] of found) it(`${path} is there`, async () => expect(bodyOf(await ask(`GET ${path} HTTP/1.1`))).toBe(body));
  const missing = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/chunks/../../secret.txt", "/....//secret.txt", "/..\\secret.txt", "/%5c..%5csecret.txt", "/up/secret.txt", "/link.txt", "/.hidden", "/%2ehidden", "/none", "/none/", "/chunks", "/%00", "/page.js%00.html", "/%", "/%zz", "/%c0%ae%c0%ae/secret.txt", `/${"a".repeat(5000)}`, "/page.js/", "http://evil.example/page.js", "page.js", "*"];
  for (const path of missing) {
    it(`${path.slice(0, 60)} is not`, async () => {
      const answer = await ask(`GET ${path} HTTP/1.1`);
      expect([400, 404]).toContain(statusOf(answer));
      expect(answer).not.toContain("secret\n");
      expect(bodyOf(answer)).not.toContain("hidden");
      await goesOn();
    });
  }
});

describe("hosts and origins", () => {
  const hosts: [host: string, status: number][] = [["evil.example", 403], ["localhost", 403], ["localhost:1", 403], ["localhost.evil.example:PORT", 403], ["127.0.0.1:PORT", 200], ["[::1]:PORT", 200], ["LOCALHOST:PORT", 200], ["localhost:PORT:PORT", 403], ["localhost:", 403], ["localhost@evil:PORT", 403], ["", 403], [":PORT", 403], ["0.0.0.0:PORT", 403], ["localhost:0PORT", 200]];
  for (const [host, status] of hosts) it(`Host: ${host}`, async () => expect(statusOf(await ask("GET / HTTP/1.1", [], host.replaceAll("PORT", String(port))))).toBe(status));
  it("no Host, and two of them", async () => {
    expect(statusOf(await raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))).toBe(400);
    expect(statusOf(await raw("GET / HTTP/1.0\r\n\r\n"))).toBe(403);
    expect(statusOf(await ask("GET / HTTP/1.1", ["Host: evil.example"]))).toBe(400);
  });
  const origins: [origin: string, status: number][] = [["http://localhost:PORT", 200], ["HTTP://LOCALHOST:PORT", 200], ["http://evil.example", 403], ["null", 403], ["http://localhost:1", 403], ["https://localhost:PORT", 403], ["http://127.0.0.1:PORT", 403], ["", 403]];
  for (const [origin, status] of origins) it(`Origin: ${origin}`, async () => expect(statusOf(await ask("GET / HTTP/1.1", [`Origin: ${origin.replace("PORT", String(port))}`]))).toBe(status));
  it("no answer allows another origin, and every answer has the policy", async () => {
    for (const answer of [await ask("GET / HTTP/1.1"), await ask("GET /nothing HTTP/1.1"), await ask("POST / HTTP/1.1"), await ask("GET / HTTP/1.1", [], "evil.example"), await ask("GET /page.js HTTP/1.1", ["Range: bytes=5-2"])]) {
      expect(answer).not.toMatch(/access-control/i);
      for (const header of [/content-security-policy: default-src 'none'; frame-ancestors 'none'\r/i, /x-content-type-options: nosniff\r/i, /cross-origin-resource-policy: same-origin\r/i]) expect(answer).toMatch(header);
    }
  });
});

describe("headers and methods", () => {
  const odd: Record<string, [bytes: string, statuses: number[]]> = {
    "another method": ["PUT /page.js HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", [405]],
    "a method that is none": ["FETCH / HTTP/1.1\r\nHost: HOST\r\n\r\n", [400]],
    "a proxy's method": ["CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n", [405]],
    "a change of protocol": ["GET / HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n", [200]],
    "what is no HTTP": ["\x16\x03\x01\x02\x00\x01\x00", [400]],
    "half a request": ["GET / HT", [400]],
    "a version of its own": ["GET / HTTP/9.9\r\nHost: HOST\r\n\r\n", [400, 505]],
    "a header without a name": ["GET / HTTP/1.1\r\nHost: HOST\r\n: x\r\n\r\n", [400]],
    "a header with a line break": ["GET / HTTP/1.1\r\nHost: HOST\r\nX: a\rb\r\n\r\n", [400]],
    "headers of 100 kB": [`GET / HTTP/1.1\r\nHost: HOST\r\nX: ${"a".repeat(100_000)}\r\n\r\n`, [431]],
    "two lengths": ["GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", [400]],
    "a length that is none": ["GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n", [400]],
    "length and chunks": ["GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]],
    "an expectation": ["GET / HTTP/1.1\r\nHost: HOST\r\nExpect: miracles\r\nConnection: close\r\n\r\n", [417]],
    "a tag of any file": ["GET /page.js HTTP/1.1\r\nHost: HOST\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n", [304]],
    "tags that are none": ["GET /page.js HTTP/1.1\r\nHost: HOST\r\nIf-None-Match: ,,\"\r\nConnection: close\r\n\r\n", [200]],
  };
  for (const [what, [bytes, statuses]] of Object.entries(odd)) {
    it(what, async () => {
      expect(statuses).toContain(statusOf(await raw(bytes.replaceAll("HOST", `localhost:${port}`))));
      await goesOn();
    });
  }
});

it("2,000 requests with bytes changed at random are each answered, and the server goes on", async () => {
  const base = `GET /page.js HTTP/1.1\r\nHost: localhost:${port}\r\nRange: bytes=2-5\r\nOrigin: http://localhost:${port}\r\nIf-None-Match: "a"\r\nConnection: close\r\n\r\n`;
  for (let seed = 0; seed < 2000; seed++) {
    const random = uniform(foldIn(keyFromSeed(4), seed), 12);
    const bytes = Buffer.from(base, "latin1");
    for (let i = 0; i < 1 + Math.floor(random[0] * 4); i++) bytes[Math.floor(random[2 * i + 1] * bytes.length)] = Math.floor(random[2 * i + 2] * 256);
    const answer = await raw(bytes);
    expect(statusOf(answer), `seed ${seed}: ${JSON.stringify(bytes.toString("latin1"))} -> ${answer.slice(0, 100)}`).toBeGreaterThanOrEqual(200);
  }
  await goesOn();
}, 60_000);

it("a file that goes away while the server runs is missed, not an end", async () => {
  folder.write("web/soon.js", "soon");
  expect(statusOf(await ask("GET /soon.js HTTP/1.1"))).toBe(200);
  rmSync(folder.path("web/soon.js"));
  expect(statusOf(await ask("GET /soon.js HTTP/1.1"))).toBe(404);
  await goesOn();
});
