import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { asTyped, readSystem, rootPrefix, runSteps } from "./driver.mjs";

/** Names under which Linux distributions install Chromium and Chrome, and where macOS and Windows do. */
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** What installs Chromium on Debian. */
export const browserSteps = [
  { why: "reads the lists of packages", command: ["apt-get", "update"], mayFail: true },
  {
    why: "installs Chromium: the tests open the page in a real browser",
    command: ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", "chromium"],
  },
];

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a browser of the Chromium family: the one CHROME_PATH names, else one that is installed; undefined if there is none. */
export function findBrowser(environment = process.env) {
  if (environment.CHROME_PATH) return environment.CHROME_PATH;
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find(isProgram);
}

/** Whether the program starts and says that it is a browser. */
function answers(path) {
  const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 60_000 });
  return status === 0 && /chrom|edge/i.test(stdout);
}

/** The path of a browser, installed if need be. Throws with the commands to type where that is not possible. */
export function ensureBrowser(say) {
  const found = findBrowser();
  if (found && (process.platform === "win32" || answers(found))) return found;
  if (process.env.CHROME_PATH) throw new Error(`CHROME_PATH is ${found}, ${existsSync(found) ? "which does not start as a browser" : "and there is no such file"}; correct it or leave it out.`);
  say(found ? `${found} does not start.` : "no Chromium or Chrome was found.");
  const system = readSystem();
  const prefix = system.id === "debian" ? rootPrefix() : null;
  if (prefix && runSteps(browserSteps, prefix, say)) {
    const installed = findBrowser();
    if (installed && answers(installed)) return installed;
  }
  const how = system.id === "debian" ? ["as root, run", ...browserSteps.map((step) => `    ${asTyped(step)}`)] : ["install Chromium or Chrome, or say where it is: export CHROME_PATH=/path/to/chrome"];
  throw new Error(["no browser for the tests of the page. To get one,", ...how, "and start again."].join("\n"));
}
