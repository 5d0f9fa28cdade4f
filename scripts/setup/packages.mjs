import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Why node_modules must be installed anew, or null when it fits the lock file. npm keeps the list of what it installed in
 * node_modules/.package-lock.json: every locked package must be there in its version, but for optional ones of other platforms.
 */
export function packagesOutOfDate(root) {
  const lockFile = join(root, "package-lock.json");
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return "node_modules is missing";
  if (!existsSync(lockFile)) return null;
  const locked = JSON.parse(readFileSync(lockFile, "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  for (const [path, { version, optional }] of Object.entries(locked)) {
    if (path === "") continue;
    if (!(path in installed)) {
      if (optional) continue;
      return `${path} is missing`;
    }
    if (installed[path].version !== version) return `${path} is ${installed[path].version}, the lock file says ${version}`;
  }
  return null;
}

/**
 * Installs the locked versions when packages are missing or differ, leaving the lock file as it is. Throws if npm fails.
 * Not `npm ci`: that refuses a lock file made where the registry lacked an optional package of some other platform.
 */
export function installPackages(root, say) {
  const reason = packagesOutOfDate(root);
  if (reason === null) return;
  say(`npm install: ${reason}`);
  // npm passes its own path to scripts; on Windows a bare "npm" is a .cmd file, which needs a shell
  const [program, ...prefix] = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const { status, error } = spawnSync(program, [...prefix, "install", "--no-save", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: program === "npm" && process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm install failed (${error?.message ?? `exit ${status}`}); its output is above.`);
}
