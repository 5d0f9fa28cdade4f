import { UsageError } from "./usage-error.ts";

/** A signal that the first Ctrl-C aborts, with a UsageError that says how to go on; the second ends the program. */
export function stopOnInterrupt(remedy = "stopped; the same command goes on from here."): { signal: AbortSignal; release(): void } {
  const stop = new AbortController();
  const end = (): never => process.exit(130);
  const interrupt = (): void => {
    process.stderr.write("\nstopping; press Ctrl-C again to stop at once.\n");
    process.once("SIGINT", end);
    stop.abort(new UsageError(remedy));
  };
  process.once("SIGINT", interrupt);
  return { signal: stop.signal, release: () => void process.off("SIGINT", interrupt).off("SIGINT", end) };
}
