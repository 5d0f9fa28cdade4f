import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

// shaders and embedded tables are imported as text, as scripts/build.mjs does it
const asText = {
  name: "files-as-text",
  enforce: "pre" as const,
  load: (id: string) => (/\.(wgsl|csv)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : null),
};

export default defineConfig({
  plugins: [asText],
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
