import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [{ name: "wgsl-as-text", load: (id) => (id.endsWith(".wgsl") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : null) }],
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
