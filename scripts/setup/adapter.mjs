import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const probe = fileURLToPath(new URL("./probe-adapter.mjs", import.meta.url));

/** Where Debian's chromium package keeps SwiftShader's driver file; the second choice, several times slower than Mesa. */
export const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Opens a WebGPU device in a child process: { name } of the adapter, or { missing } with the reason. */
export function probeAdapter(environment = {}) {
  const child = spawnSync(process.execPath, [probe], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  const line = child.stdout?.split("\n").find((text) => text.startsWith("{"));
  if (line) return JSON.parse(line);
  if (child.error?.code === "ETIMEDOUT") return { missing: "the driver did not answer within 60 s" };
  const lastWords = child.stderr?.trim().split("\n").findLast((text) => /error/i.test(text)) ?? child.stderr?.trim().split("\n").at(-1);
  return { missing: `the check ended with ${child.signal ?? `exit ${child.status}`}${lastWords ? `: ${lastWords}` : ""}` };
}

/** The machine's adapter as { name, environment }, with SwiftShader where nothing else answers; or { missing, environment }. */
export function findAdapter() {
  const first = probeAdapter();
  if (first.name || process.env.VK_ICD_FILENAMES || !existsSync(swiftShader)) return { ...first, environment: {} };
  const environment = { VK_ICD_FILENAMES: swiftShader };
  const second = probeAdapter(environment);
  return second.name ? { ...second, environment } : { ...first, environment: {} };
}
