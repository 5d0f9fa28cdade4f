import { beforeAll, describe, expect, it } from "vitest";
import type * as RouteModule from "../../../src/web/state/route.ts";

let route: typeof RouteModule;
beforeAll(async () => {
  // what the module needs of a browser when it is loaded
  Object.assign(globalThis, { location: { hash: "#ask?row=12" }, addEventListener: () => {}, history: { replaceState: () => {} } });
  route = await import("../../../src/web/state/route.ts");
});

describe("where the page is", () => {
  it("is read from the address, and written as it is read", () => {
    expect(route.route.value).toEqual({ view: "ask", params: { row: "12" } });
    const odd = { view: "filled", params: { column: "a & b = c#?", row: "3" } } as const;
    expect(route.parseRoute(route.formatRoute(odd))).toEqual(odd);
    expect(route.formatRoute({ view: "train", params: {} })).toBe("#train");
  });

  it("is the first view for anything unknown", () => {
    for (const hash of ["", "#", "#nowhere", "#__proto__", "#<script>"]) expect(route.parseRoute(hash)).toEqual({ view: "data", params: {} });
  });

  it("takes whole numbers in range only", () => {
    const read = (hash: string): number | undefined => {
      route.route.value = route.parseRoute(hash);
      return route.numberParam("row", 1, 20);
    };
    expect(["#ask?row=12", "#ask?row=21", "#ask?row=0", "#ask?row=1.5", "#ask?row=x", "#ask"].map(read)).toEqual([12, undefined, undefined, undefined, undefined, undefined]);
  });

  it("loses a parameter that is set to nothing", () => {
    route.route.value = route.parseRoute("#ask?row=12&start=1");
    route.setParams({ start: undefined, cost: "2" });
    expect(route.route.value).toEqual({ view: "ask", params: { row: "12", cost: "2" } });
  });
});
