import { homedir, platform } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's cache folder: XDG_CACHE_HOME, else the platform's own. */
export function cacheFolder(env: Environment = process.env, system: string = platform()): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (system === "win32" && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return system === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}
