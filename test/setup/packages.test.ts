import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packagesOutOfDate } from "../../scripts/setup/packages.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "packages-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, packages: object): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify({ packages }));
}

test("installed packages fit the lock file when every version agrees, optional ones of other platforms aside", () => {
  write("package-lock.json", { "": { name: "x" }, "node_modules/a": { version: "1.0.0" }, "node_modules/a-win": { version: "1.0.0", optional: true } });
  expect(packagesOutOfDate(root)).toBe("node_modules is missing");
  write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
  expect(packagesOutOfDate(root)).toBeNull();
});

test("another version or a package not yet installed asks for an install", () => {
  write("package-lock.json", { "node_modules/a": { version: "1.1.0" } });
  write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
  expect(packagesOutOfDate(root)).toBe("node_modules/a is 1.0.0, the lock file says 1.1.0");
  write("node_modules/.package-lock.json", {});
  expect(packagesOutOfDate(root)).toBe("node_modules/a is missing");
});
