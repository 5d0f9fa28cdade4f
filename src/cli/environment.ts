import { homedir, platform } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's cache folder: XDG_CACHE_HOME, else the platform's own. */
export function cacheFolder(env: Environment = process.env, system: string = platform()): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (system === "win32" && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return system === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}

/** A sentence on the proxy where one is set that Node's fetch goes past; undefined where none is. */
export function proxyNote(env: Environment = process.env, version: string = process.versions.node): string | undefined {
  const name = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"].find((key) => env[key]);
  if (!name) return undefined;
  const [major, minor] = version.split(".").map(Number);
  // the versions whose fetch can be told to use a proxy
  const able = major >= 24 || (major === 22 && minor >= 21);
  if (able && env.NODE_USE_ENV_PROXY === "1") return undefined;
  return `${name} is set, but Node's fetch goes past proxies${able ? "; with NODE_USE_ENV_PROXY=1 it uses them." : ` in version ${version}; from 22.21 and 24 on it uses them with NODE_USE_ENV_PROXY=1.`}`;
}
