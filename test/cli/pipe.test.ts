import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("who reads along may stop reading: nothing is said, and nothing has failed", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../dist/cli.js"), "train", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  // as `| head` does, before the first line is there
  child.stdout.destroy();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect({ code, err }).toEqual({ code: 0, err: "" });
});
