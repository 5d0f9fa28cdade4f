import { expect, it } from "vitest";
import { cacheFolder, proxyNote } from "../../src/cli/environment.ts";

it("a proxy is mentioned where Node's fetch goes past it", () => {
  expect(proxyNote({}, "20.1.0")).toBeUndefined();
  expect(proxyNote({ https_proxy: "http://p" }, "20.1.0")).toBe("https_proxy is set, but Node's fetch goes past proxies in version 20.1.0; from 22.21 and 24 on it uses them with NODE_USE_ENV_PROXY=1.");
  expect(proxyNote({ HTTPS_PROXY: "http://p" }, "24.0.0")).toBe("HTTPS_PROXY is set, but Node's fetch goes past proxies; with NODE_USE_ENV_PROXY=1 it uses them.");
  expect(proxyNote({ HTTPS_PROXY: "http://p", NODE_USE_ENV_PROXY: "1" }, "22.21.0")).toBeUndefined();
  expect(proxyNote({ HTTPS_PROXY: "http://p", NODE_USE_ENV_PROXY: "1" }, "22.20.0")).toContain("in version 22.20.0");
});

it("the cache is where XDG_CACHE_HOME says, else where the platform has it", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "darwin")).toBe("/x");
  expect(cacheFolder({}, "darwin")).toMatch(/Library.Caches$/);
  expect(cacheFolder({ LOCALAPPDATA: "C:\\local" }, "win32")).toBe("C:\\local");
  expect(cacheFolder({}, "linux")).toMatch(/\.cache$/);
});
