// src/ -> dist/types, unchecked (npm run typecheck checks): what the entries declare, by itself: it compiles under strict without skipLibCheck and without further packages.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";

/** Files of the entries, in dist/types. */
const roots = ["index.d.ts", "node.d.ts", "engine.d.ts", "sampler.d.ts"];

/** Types that a program knows by lib.dom, by @webgpu/types or by @types/node, or not at all. */
const globals = /\b(?:GPU(?:[A-Z]\w*)?|AbortSignal)\b/g;

/** Modules that a declaration names. */
const specifiers = /(?:\bfrom |\bimport\(|^import )"([^"]+)"/gm;

/** Writes dist/types. Throws where a declaration needs a package. */
export async function writeDeclarations(root, out = join(root, "dist/types")) {
  const made = mkdtempSync(join(root, ".cache-types-"));
  try {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--noCheck", "--outDir", made], { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error("the declarations do not compile; the errors are above.");
    rmSync(out, { recursive: true, force: true });
    const used = new Set();
    for (const file of reached(made)) {
      const text = withoutExtensions(withGlobals(readFileSync(join(made, file), "utf8"), file, used));
      mkdirSync(dirname(join(out, file)), { recursive: true });
      writeFileSync(join(out, file), text);
    }
    writeFileSync(join(out, "globals.d.ts"), globalTypes(used));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** The files that the entries come to. */
function reached(folder) {
  const files = new Set(roots);
  for (const file of files) {
    for (const [, name] of readFileSync(join(folder, file), "utf8").matchAll(specifiers)) {
      if (name.startsWith(".")) {
        const target = posix.join(posix.dirname(file), name).replace(/\.ts$/, ".d.ts");
        if (!existsSync(join(folder, target))) throw new Error(`the declarations of ${file} name ${name}, which is not there.`);
        files.add(target);
      } else {
        throw new Error(`the declarations of ${file} need those of ${name}, which users need not have, or which may not compile for them; leave it out of what the entries declare.`);
      }
    }
  }
  return [...files].sort();
}

/** A declaration whose global names are those of globals.d.ts. */
function withGlobals(text, file, used) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/"[^"]*"/g, "");
  const names = [...new Set(code.match(globals) ?? [])].sort();
  if (names.length === 0) return text;
  for (const name of names) used.add(name);
  const path = relative(dirname(file), "globals.js").replaceAll("\\", "/");
  return `import type { ${names.join(", ")} } from "${path.startsWith(".") ? path : `./${path}`}";\n${text}`;
}

/** Modules as all settings of the compiler find them. */
function withoutExtensions(text) {
  return text.replace(/((?:\bfrom |\bimport\()"\.[^"]*)\.ts"/g, '$1.js"');
}

/** The types that the reader's program knows; without them, things that cannot be looked into. */
function globalTypes(names) {
  const lines = [...names].sort().map((name) => {
    if (name === "GPUPowerPreference") return 'export type GPUPowerPreference = "low-power" | "high-performance";';
    return `export type ${name} = typeof globalThis extends { ${name}: { prototype: infer T } } ? T : { readonly [unknown]?: "${name}" };`;
  });
  return `declare const unknown: unique symbol;\n${lines.join("\n")}\n`;
}
