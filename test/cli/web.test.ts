import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hhvaem } from "./run.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");
let server: ChildProcess;
let address = "";
let port = 0;

beforeAll(async () => {
  server = spawn(process.execPath, [cli, "web", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(server.stdout!, "data")) as [Buffer];
  address = /http:\/\/localhost:(\d+)\//.exec(String(text))![0];
  port = Number(/:(\d+)\//.exec(address)![1]);
});
afterAll(() => {
  server.kill("SIGKILL");
});

/** Sends a request as it stands and returns the answer's status line, headers and body. */
async function raw(request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request.replaceAll("\n", "\r\n"));
  let answer = "";
  for await (const part of socket) answer += String(part);
  return answer;
}

describe("hhvaem web", () => {
  it("serves the page with a strict policy that nobody can frame", async () => {
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    const policy = answer.headers.get("content-security-policy")!;
    expect(policy).toMatchInlineSnapshot(`"default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"`);
    const page = await answer.text();
    expect(page).toContain(`content="${policy.replace("; frame-ancestors 'none'", "")}"`);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bon\w+=|style="/);
    for (const [name, value] of [["x-content-type-options", "nosniff"], ["referrer-policy", "no-referrer"], ["cross-origin-opener-policy", "same-origin"], ["cache-control", "no-cache"]]) {
      expect(answer.headers.get(name), name).toBe(value);
    }
  });

  it("serves scripts, styles and examples with their types, and unchanged ones by their tag", async () => {
    for (const [name, type] of [["page.js", /javascript/], ["worker.js", /javascript/], ["style.css", /text\/css/], ["icon.svg", /svg/], ["examples/cars.csv", /csv/]] as const) {
      const answer = await fetch(address + name);
      expect(answer.status, name).toBe(200);
      expect(answer.headers.get("content-type"), name).toMatch(type);
      const again = await fetch(address + name, { headers: { "If-None-Match": answer.headers.get("etag")! } });
      expect(again.status, name).toBe(304);
    }
  });

  it.each(["../cli.js", "%2e%2e/cli.js", "..%2fcli.js", "chunks/../../cli.js", "....//cli.js", "/etc/passwd", ".inputs", "%00", "chunks/", "nothing.js"])("has nothing at /%s", async (path) => {
    const answer = await raw(`GET /${path} HTTP/1.1\nHost: localhost:${port}\nConnection: close\n\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400)/);
    expect(answer).not.toContain("root:");
  });

  it("answers only to the names of this machine", async () => {
    for (const host of ["evil.example", `evil.example:${port}`, `localhost:${port + 1}`, "localhost", `localhost.evil.example:${port}`, ""]) {
      expect(await raw(`GET / HTTP/1.1\nHost: ${host}\nConnection: close\n\n`), host).toMatch(/^HTTP\/1\.1 403/);
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `LOCALHOST:${port}`]) {
      expect(await raw(`GET / HTTP/1.1\nHost: ${host}\nConnection: close\n\n`), host).toMatch(/^HTTP\/1\.1 200/);
    }
  });

  it("only reads", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await fetch(address, { method });
      expect([answer.status, answer.headers.get("allow")], method).toEqual([405, "GET, HEAD"]);
    }
    const head = await fetch(address, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("says so when the port that was asked for is taken", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port: number } = taken.address() as { port: number };
    const run = hhvaem("web", "--port", String(number));
    taken.close();
    expect(run.code).toBe(2);
    expect(run.err).toBe(`--port ${number}: the port is taken; choose another, or leave --port out.\n`);
  });

  it("ends with Ctrl-C, with exit code 0", async () => {
    server.kill("SIGINT");
    const [code] = (await once(server, "exit")) as [number | null];
    expect(code).toBe(0);
  });
});

describe("the page is small, compressed", () => {
  const folder = join(cli, "../web");
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(js|css|html|svg)$/.test(name));
  const bytes = (names: readonly string[]): number => names.reduce((total, name) => total + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
  const within = (part: string): string[] => files.filter((name) => name.startsWith(`${part}/`));

  it("what opening it fetches: the page, its worker and what they import", () => {
    const seen = new Set<string>(["index.html", "style.css", "icon.svg"]);
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      for (const [, path] of readFileSync(join(folder, name), "utf8").matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)) visit(join(dirname(name), path));
    };
    visit("page.js");
    visit("worker.js");
    expect(seen.size).toBeGreaterThan(8);
    expect(bytes([...seen])).toBeLessThan(239_000);
  });

  it("all but what files of other formats than text, or hardware adapters, need; and those", () => {
    expect(within("formats").length).toBeGreaterThan(4);
    expect(within("hardware").length).toBe(2);
    expect(bytes(files.filter((name) => !/^(formats|hardware)\//.test(name)))).toBeLessThan(385_000);
    expect(bytes(within("formats"))).toBeLessThan(160_000);
    expect(bytes(within("hardware"))).toBeLessThan(16_000);
  });
});
