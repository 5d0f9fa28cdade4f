// npm run bench: runs benchmarks by name, prints their tables, and keeps them in RESULTS.md where asked.
import { runBench } from "./run.ts";

process.exitCode = await runBench(process.argv.slice(2));
