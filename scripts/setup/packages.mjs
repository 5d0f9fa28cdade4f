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

/** Installs the locked packages when they are missing or differ. Throws with npm's exit status if that fails. */
export function installPackages(root, say) {
  const reason = packagesOutOfDate(root);
  if (reason === null) return;
  const command = existsSync(join(root, "package-lock.json")) ? "ci" : "install";
  say(`npm ${command}: ${reason}`);
  // npm passes its own path to scripts; on Windows a bare "npm" is a .cmd file, which needs a shell
  const [program, ...prefix] = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const { status, error } = spawnSync(program, [...prefix, command, "--include=dev", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: program === "npm" && process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ${command} failed (${error?.message ?? `exit ${status}`}); its output is above.`);
}
