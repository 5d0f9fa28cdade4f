#!/usr/bin/env node
// Makes a clone usable: packages, build, and a WebGPU adapter. Plain Node, as nothing is installed yet when it starts.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfStale } from "./build.mjs";
import { findAdapter, swiftShader } from "./setup/adapter.mjs";
import { asTyped, driverSteps, readAptSources, readSystem, rootPrefix, runSteps, swiftShaderSteps } from "./setup/driver.mjs";
import { installPackages } from "./setup/packages.mjs";

export const root = resolve(fileURLToPath(import.meta.url), "../..");
const say = (text) => console.error(`setup: ${text}`);

/** What to type where the set-up cannot install a driver itself, as lines. */
function instructions(system, steps) {
  if (steps) return ["as root, run", ...steps.map((step) => `    ${asTyped(step)}`)];
  if (system.id === "ubuntu") return ["as root, run (Ubuntu 24.04 or later)", "    apt-get update && apt-get install mesa-vulkan-drivers libvulkan1"];
  if (process.platform === "linux") return ["install a Vulkan driver: your GPU's, or Mesa 24 or later with lavapipe (mesa-vulkan-drivers, vulkan-swrast, ...)"];
  return ["update your graphics driver: Windows and macOS offer WebGPU adapters without further packages"];
}

/** The adapter as { name, environment }, installed if need be. Throws with the commands to type where that is not possible. */
function ensureAdapter() {
  let adapter = findAdapter();
  if (adapter.name) return adapter;
  say(`no WebGPU adapter: ${adapter.missing}.`);
  const system = readSystem();
  const steps = driverSteps(system, readAptSources());
  const prefix = steps && rootPrefix();
  if (prefix) {
    if (runSteps(steps, prefix, say)) adapter = findAdapter();
    if (!adapter.name && runSteps(swiftShaderSteps, prefix, say)) adapter = findAdapter();
    if (adapter.name) return adapter;
  }
  throw new Error([`no WebGPU adapter (${adapter.missing}). To get one,`, ...instructions(system, steps), "and start again."].join("\n"));
}

/** Packages, build and adapter, each only if missing: { adapter, environment } for the programs to start. */
export async function setUp() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old; install Node 20 or later.`);
  installPackages(root, say);
  await buildIfStale(root, say);
  const { name, environment } = ensureAdapter();
  say(`adapter ${name}`);
  if (environment.VK_ICD_FILENAMES) say(`to use it outside npm, export VK_ICD_FILENAMES=${swiftShader}`);
  return { adapter: name, environment: { ...process.env, ...environment } };
}

/** setUp for the scripts of package.json: a failure prints its message and ends the process with 1. */
export async function setUpOrExit() {
  try {
    return await setUp();
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await setUpOrExit();
