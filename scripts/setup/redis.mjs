import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { asTyped, readSystem, rootPrefix, runSteps } from "./driver.mjs";

const names = ["redis-server", "valkey-server"];

/** What installs Redis on Debian; no service is started that was not there. */
export const redisSteps = [
  { why: "reads the lists of packages", command: ["apt-get", "update"], mayFail: true },
  {
    why: "installs Redis: the tests of the queue start one of their own",
    command: ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install", "-y", "--no-install-recommends", "redis-server"],
  },
];

/** The path of redis-server or valkey-server; undefined if there is none. */
export function findRedis(environment = process.env) {
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The same, installed if need be. Throws with the commands to type where that is not possible. */
export function ensureRedis(say) {
  const found = findRedis();
  if (found) return found;
  say("no redis-server was found.");
  const debian = readSystem().id === "debian";
  const prefix = debian ? rootPrefix() : null;
  if (prefix && runSteps(redisSteps, prefix, say)) {
    const installed = findRedis();
    if (installed) return installed;
  }
  const how = debian ? ["as root, run", ...redisSteps.map((step) => `    ${asTyped(step)}`)] : ["install Redis or Valkey"];
  throw new Error(["no redis-server for the tests of the queue. To get one,", ...how, "and start again."].join("\n"));
}
