import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compare } from "../../bench/compare.ts";
import { Torch, torchContenders } from "../../bench/competitors/torch.ts";

const folder = mkdtempSync(join(tmpdir(), "hhvaem-torch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the interpreter's place that prints what the real one would: what is tested is how we ask and read, not a GPU. */
function interpreter(name: string, about: string | undefined): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!${process.execPath}
const [flag, device] = process.argv.slice(2);
if (flag === "-c") {
  ${about === undefined ? "process.exit(1)" : `console.log(${JSON.stringify(about)})`};
} else {
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { workload, sizes, graph, count } = JSON.parse(line);
    if (workload === "nothing") console.log(JSON.stringify({ error: "KeyError('nothing')" }));
    else if (count === 0) console.log(JSON.stringify({ result: [sizes.length, graph ? 1 : 0, device === "cuda" ? 1 : 0], ms: 0, cpuMs: 0 }));
    else console.log(JSON.stringify({ ms: (graph ? 2 : 5) * count, cpuMs: 7 * count }));
  });
}
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const absent = join(folder, "no-such-python");

describe("PyTorch on a GPU", () => {
  it("is the first that finds a GPU; eagerly and as a graph, each checked before it is timed", async () => {
    const without = interpreter("without", "2.11.0\t");
    const found = Torch.findCuda("worker.py", [absent, without, interpreter("with", "2.11.0\tNVIDIA H100")]);
    if (typeof found === "string") throw new Error(found);
    expect(found.about).toBe("PyTorch 2.11.0 on NVIDIA H100");
    const checked: [string, number[]][] = [];
    const contenders = await torchContenders({ cuda: found.torch }, "gradient", [100], async (who, result) => void checked.push([who, await result()]));
    expect(checked).toEqual([["PyTorch CUDA", [1, 0, 1]], ["CUDA graph", [1, 1, 1]]]);
    const measured = await Promise.all(contenders.map(async (contender) => ({ name: contender.name, ms: (await contender.time(10)) / 10, best: 0, rounds: 1 })));
    expect(compare({ chains: 100 }, [{ name: "ours", ms: 4, best: 4, rounds: 1 }, ...measured])).toEqual({
      chains: 100, "ours, ms": 4, "PyTorch CUDA, ms": 5, "CUDA graph, ms": 2, "PyTorch CUDA / ours": 1.25, "ours / CUDA graph": 2,
    });
    await expect(torchContenders({ cuda: found.torch }, "gradient", [100], async (who) => Promise.reject(new Error(`${who} is wrong`)))).rejects.toThrow("PyTorch CUDA is wrong");
    await expect(found.torch.result("nothing", [], found.torch.ways[0])).rejects.toThrow("PyTorch: KeyError('nothing')");
    await found.torch.close();
  });

  it("is missed in words where there is none", () => {
    expect(Torch.findCuda("worker.py", [absent, interpreter("none", undefined)])).toBe("no PyTorch is installed");
    expect(Torch.findCuda("worker.py", [interpreter("cpu", "2.13.0+cpu\t")])).toBe("PyTorch 2.13.0+cpu finds no CUDA GPU");
  });

  it("beside it PyTorch on the processor stays what it was: one column, by processor time where that is asked for", async () => {
    const torch = Torch.find("worker.py", true, [absent, interpreter("plain", "")])!;
    const contenders = await torchContenders({ torch }, "matmul", [1, 2, 3], async (who, result) => expect([who, await result()]).toEqual(["PyTorch", [3, 0, 0]]));
    expect(contenders.map(({ name }) => name)).toEqual(["PyTorch"]);
    expect(await contenders[0].time(3)).toBe(21);
    await torch.close();
  });
});
