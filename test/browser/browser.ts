import type { Server } from "node:http";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, expect } from "vitest";
import { findBrowser } from "../../scripts/setup/browser.mjs";
import { servePage } from "../../src/cli/web/page-server.ts";

/** The built page; `npm test` builds it before the tests. */
export const pageFolder = join(import.meta.dirname, "../../dist/web");

/** WebGPU on SwiftShader, without a display; nothing that looks for hosts outside. */
const quiet = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const withGpu = ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--use-webgpu-adapter=swiftshader"];

export interface OpenOptions {
  /** Without it, the browser has no WebGPU. Default true. */
  gpu?: boolean;
  /** What is served; default: the built page. */
  folder?: string;
  path?: string;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
}

export interface Visit {
  page: Page;
  /** Where the page is, without a path. */
  origin: string;
  /** Addresses of all requests, those of workers included. */
  requests: string[];
  /** Errors of the console and uncaught ones, policy violations among them. */
  errors: string[];
  close(): Promise<void>;
}

/**
 * A browser for a file's tests. `open` gives a page in a profile of its own, with its storage empty; everything is closed after the tests, also when
 * one fails.
 */
export function browserForTests(): { open(options?: OpenOptions): Promise<Visit> } {
  const browsers = new Map<boolean, Promise<Browser>>();
  const servers: Server[] = [];
  afterAll(async () => {
    await Promise.all([...browsers.values()].map(async (browser) => (await browser).close()));
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const launched = (gpu: boolean): Promise<Browser> => {
    const executablePath = process.env.HHVAEM_CHROMIUM ?? findBrowser();
    if (!executablePath) throw new Error("no Chromium was found: run the tests with `npm test`, which installs it, or set CHROME_PATH.");
    if (!browsers.has(gpu)) browsers.set(gpu, chromium.launch({ executablePath, args: [...quiet, ...(gpu ? withGpu : ["--disable-gpu", "--disable-features=WebGPU", "--disable-blink-features=WebGPU"])] }));
    return browsers.get(gpu)!;
  };
  return {
    async open({ gpu = true, folder = pageFolder, path = "", viewport = { width: 1100, height: 900 }, colorScheme, reducedMotion } = {}) {
      const { server, port } = await servePage(folder, [0]);
      servers.push(server);
      const context = await (await launched(gpu)).newContext({ viewport, colorScheme, reducedMotion, acceptDownloads: true });
      const requests: string[] = [];
      const errors: string[] = [];
      context.on("request", (request) => requests.push(request.url()));
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      page.on("pageerror", (error) => errors.push(error.message));
      const origin = `http://localhost:${port}`;
      await page.goto(`${origin}/${path}`);
      return { page, origin, requests, errors, close: () => context.close() };
    },
  };
}

/** Nothing left the origin, and nothing went wrong that the test does not expect. */
export function expectQuiet({ requests, errors, origin }: Visit): void {
  expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`))).toEqual([]);
  expect(errors).toEqual([]);
}
