#!/usr/bin/env node
// src/ -> dist/: the command line, the library's entries, web/ (the browser page) and the notices of what is bundled; run by itself also types/, the declarations.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleLibrary } from "./build-library.mjs";
import { bundlePage } from "./build-page.mjs";
import { writeDeclarations } from "./declarations.mjs";
import { writeNotices } from "./notices.mjs";

const inputs = ["src", "shaders", "bench", "scripts/build.mjs", "scripts/build-library.mjs", "scripts/build-page.mjs", "scripts/notices.mjs", "package.json", "tsconfig.json"];

function filesUnder(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** A hash over the names and contents of everything the build reads. */
function fingerprint(root) {
  const hash = createHash("sha256");
  for (const input of inputs.map((name) => join(root, name)).filter(existsSync)) {
    const files = /\.\w+$/.test(input) ? [input] : filesUnder(input);
    for (const file of files) hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

async function bundle(root) {
  const library = await bundleLibrary(root);
  const page = await bundlePage(root);
  writeNotices(root, [library, page]);
}

/** Bundles when a source has changed since the last build. */
export async function buildIfStale(root, say) {
  const stamp = join(root, "dist/.inputs");
  const now = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  say(existsSync(stamp) ? "build: sources have changed" : "build: dist is missing");
  await bundle(root);
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(stamp, now);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(import.meta.url), "../..");
  await bundle(root);
  await writeDeclarations(root);
}
