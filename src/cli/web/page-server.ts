import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { sendFile } from "./static-files.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Names under which a browser on this machine reaches a server on loopback. */
const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** Adds what a meta tag cannot say: nobody may put the page into a frame. */
function policyOf(folder: string): string {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  if (policy === undefined) throw new Error(`${join(folder, "index.html")} has no Content-Security-Policy; build the page anew with npm run build.`);
  return `${policy}; frame-ancestors 'none'`;
}

/** Answers requests with the files of the page's folder and nothing else, to browsers on this machine only; whatever a request looks like, it is answered. */
export function pageHandler(folder: string): Handler {
  const headers = {
    "Content-Security-Policy": policyOf(folder),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    // an update is seen at once; unchanged files are answered by their ETag
    "Cache-Control": "no-cache",
  };
  return (request, response) => {
    // whoever goes away in the middle is no matter here
    for (const stream of [request, response]) stream.on("error", () => undefined);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refuse = (status: number, text: string): void => void response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
    if (hostsOf(request) > 1) return refuse(400, "expected one Host header");
    if (!fromLoopback(request)) return refuse(403, "this page is served to browsers on this machine only, as http://localhost");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(405, "only GET and HEAD");
    }
    if (fromElsewhere(request)) return refuse(403, "this page answers no other site");
    sendFile(folder, request, response).then(
      (sent) => {
        if (!sent) refuse(404, "there is no such file");
      },
      () => {
        if (response.headersSent) response.destroy();
        else refuse(500, "the file could not be sent");
      },
    );
  };
}

/** Whether the request names this machine: a name that a foreign site points at 127.0.0.1 does not (DNS rebinding). */
function fromLoopback({ headers, socket }: IncomingMessage): boolean {
  const host = /^(.*?)(?::(\d+))?$/.exec(headers.host ?? "")!;
  return loopbackNames.includes(host[1].toLowerCase()) && Number(host[2] ?? 80) === socket.localPort;
}

function hostsOf({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
}

/** Whether a page of another origin asks; browsers say so where scripts do. */
function fromElsewhere({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && origin.toLowerCase() !== `http://${host!.toLowerCase()}`;
}

/** Serves the folder on 127.0.0.1; `ports` are tried in turn, 0 is any free one. Returns the server and its port. */
export async function servePage(folder: string, ports: readonly number[]): Promise<{ server: Server; port: number }> {
  const handler = pageHandler(folder);
  for (const [i, port] of ports.entries()) {
    // who has said all there is to say may still be told something (Node would hang up)
    const server = Object.assign(createServer(handler), { httpAllowHalfOpen: true });
    // a proxy is asked for so; without a listener there is no answer at all
    server.on("connect", (_, socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
      });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE" || i === ports.length - 1) throw cause;
      continue;
    }
    return { server, port: (server.address() as { port: number }).port };
  }
  throw new RangeError("[web] expected at least one port.");
}
