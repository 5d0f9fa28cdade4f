import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { writeDeclarations } from "../../scripts/declarations.mjs";

export const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: Record<string, string> };

export interface Project {
  /** The empty project into which the packed package was installed. */
  path(...names: string[]): string;
  /** Files of the tarball. */
  contents: string[];
  /** Runs a program of Node's in a folder of the project. */
  node(folder: string, args: readonly string[], env?: Record<string, string>): SpawnSyncReturns<string>;
  /** Makes packages of the checkout available to the project, as if it had installed them. */
  link(...names: string[]): void;
}

function run(program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd, encoding: "utf8", env: { ...process.env, ...env } });
}

function npm(args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return process.env.npm_execpath ? run(process.execPath, [process.env.npm_execpath, ...args, ...quiet], cwd) : run("npm", [...args, ...quiet], cwd);
}

const made: string[] = [];
// here and not where a folder is made: that is within a hook, which can add none
afterAll(() => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

/** Packs what is built, and installs it into an empty project. The folder goes away after the file's tests. */
export async function installedProject(): Promise<Project> {
  const dir = mkdtempSync(join(tmpdir(), "hhvaem-package-"));
  made.push(dir);
  // as npm pack would find it after the build: the build itself is there already, and other tests are using it
  const staged = join(dir, "staged");
  for (const name of ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"]) cpSync(join(root, name), join(staged, name));
  cpSync(join(root, "dist"), join(staged, "dist"), { recursive: true, filter: (path) => path !== join(root, "dist/types") });
  await writeDeclarations(root, join(staged, "dist/types"));
  const packed = npm(["pack", "--json"], staged);
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
  const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  const project = join(dir, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  install(project, join(staged, filename));
  return {
    path: (...names) => join(project, ...names),
    contents: files.map(({ path }) => path).sort(),
    node: (folder, args, env) => run(process.execPath, args, join(project, folder), env),
    link(...names) {
      for (const name of names) linked(project, name);
    },
  };
}

/** `npm install TARBALL`; without a registry, what it would have installed is unpacked and linked. */
function install(project: string, tarball: string): void {
  const installed = npm(["install", tarball, "--prefer-offline", "--fetch-retries=0"], project);
  if (installed.status === 0) return;
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(installed.stderr)) throw new Error(`npm install of the tarball failed: ${installed.stderr}`);
  console.warn("no registry: the package's dependencies are those of this checkout");
  const own = join(project, "node_modules/hhvaem");
  mkdirSync(own, { recursive: true });
  const { status, stderr } = run("tar", ["-xzf", tarball, "--strip-components=1", "-C", own], project);
  if (status !== 0) throw new Error(`the tarball does not unpack: ${stderr}`);
  mkdirSync(join(project, "node_modules/.bin"));
  symlinkSync("../hhvaem/dist/cli.js", join(project, "node_modules/.bin/hhvaem"));
  for (const name of Object.keys(manifest.dependencies)) linked(project, name);
}

function linked(project: string, name: string): void {
  const place = join(project, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(root, "node_modules", name), place);
}

/** Bytes of all files of a folder. */
export function sizeOfFolder(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).reduce((total, entry) => total + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}
