import { expect, it } from "vitest";
import { ProgressLine } from "../../src/cli/output/progress.ts";

it("the line has a bar and the time left where the total is known, else what is done", () => {
  const drawn: string[] = [];
  const line = new ProgressLine({ isTTY: true, columns: 100, write: (text: string) => drawn.push(text) > 0 } as unknown as NodeJS.WriteStream);
  line.update("a.zip, kB", 50, 100);
  line.update("b.zip, kB", 50, null);
  expect(drawn[0]).toMatch(/^\r\x1b\[2Ka\.zip, kB #{10}\.{10} 50\/100, \d/);
  expect(drawn[1]).toMatch(/^\r\x1b\[2Kb\.zip, kB 50, \d[\d.e+]*\/s$/);
});
