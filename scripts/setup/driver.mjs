import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backportsEntry } from "./apt-sources.mjs";

const driverPackages = ["mesa-vulkan-drivers", "libvulkan1"];
const readable = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** { id, release, codename } of /etc/os-release; empty strings elsewhere. */
export function readSystem(text = readable("/etc/os-release")) {
  const value = (name) => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return { id: value("ID"), release: value("VERSION_ID"), codename: value("VERSION_CODENAME") };
}

/** The files that tell apt where packages come from, as [{ path, text }]. */
export function readAptSources(folder = "/etc/apt") {
  const parts = join(folder, "sources.list.d");
  const paths = [join(folder, "sources.list"), ...(existsSync(parts) ? readdirSync(parts).sort().map((name) => join(parts, name)) : [])];
  return paths.filter((path) => /\.(list|sources)$/.test(path) && existsSync(path)).map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/**
 * The steps that give this system a software Vulkan driver: [{ why, command, input?, mayFail? }]; null where only its owner knows.
 * Debian 12's own Mesa is too old for Dawn (it lacks dynamic indexing of uniform arrays); Debian 13's is not.
 */
export function driverSteps(system, sources) {
  if (system.id !== "debian" || (system.release !== "" && Number(system.release) < 12)) return null;
  // an update fails when any mirror of the machine does, which need not be ours
  const update = { why: "reads the lists of packages", command: ["apt-get", "update"], mayFail: true };
  const install = (options, names) => ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", ...options, ...names];
  if (system.release !== "12") return [update, { why: "installs Mesa's software Vulkan driver", command: install([], driverPackages) }];
  const suite = `${system.codename}-backports`;
  const entry = backportsEntry(sources, system.codename);
  const addSuite = entry && {
    why: `adds ${suite} from this machine's own mirror: Debian 12's Mesa 22.3 is too old for WebGPU`,
    command: ["tee", `/etc/apt/sources.list.d/${entry.name}`],
    input: entry.text,
  };
  const mesa = { why: "installs Mesa 25, whose lavapipe driver runs WebGPU on the processor", command: install(["-t", suite], driverPackages) };
  return [...(addSuite ? [addSuite] : []), update, mesa];
}

/** The second choice, on any Debian: SwiftShader comes with the browser. */
export const swiftShaderSteps = [
  {
    why: "installs Chromium for its SwiftShader driver, as Mesa gave no adapter",
    command: ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", "chromium"],
  },
];

/** A step as one would type it. */
export function asTyped({ command, input }, prefix = []) {
  const words = [...prefix, ...command].join(" ");
  return input ? `printf '%s' '${input.replaceAll("'", `'\\''`)}' | ${words}` : words;
}

/** What to put before a command to run it as root: nothing for root itself, sudo where it works; null where neither does. */
export function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0) return ["sudo", "-n"];
  const hasSudo = spawnSync("sudo", ["--version"], { stdio: "ignore" }).status === 0;
  return hasSudo && process.stdin.isTTY ? ["sudo"] : null;
}

/** Runs the steps, saying what and why; false at the first that fails and may not. */
export function runSteps(steps, prefix, say) {
  for (const step of steps) {
    say(`${step.why}:\n    ${asTyped(step, prefix)}`);
    const [program, ...rest] = [...prefix, ...step.command];
    const stdin = step.input === undefined ? "inherit" : "pipe";
    const { status } = spawnSync(program, rest, { input: step.input, stdio: [stdin, step.input === undefined ? 2 : "ignore", 2] });
    if (status !== 0) {
      say(`that command failed (exit ${status}).`);
      if (!step.mayFail) return false;
    }
  }
  return true;
}
