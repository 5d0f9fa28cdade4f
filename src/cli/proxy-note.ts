type Environment = Readonly<Record<string, string | undefined>>;

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
