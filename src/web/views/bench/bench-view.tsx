import { Meter } from "../../parts/meter.tsx";
import { benchReport, benchResults, measuring, startBench, stopBench } from "../../state/bench.ts";
import { hasGpu } from "../../state/session.ts";
import { phase } from "../../state/training.ts";
import { AdapterTable } from "./adapter-table.tsx";
import { CopyLine } from "./copy-line.tsx";
import { Results } from "./results.tsx";

/** How fast this GPU is at what the program does. */
export function BenchView() {
  const share = measuring.value;
  const training = phase.value !== "idle";
  return (
    <>
      <section id="bench">
        <h2>How fast is this GPU?</h2>
        <p>The kernels behind this page, timed here: what training, filling holes and asking are made of. Each result is compared with float64 arithmetic before it is timed. It takes about half a minute; other work on the GPU slows it down.</p>
        {share === undefined ? (
          <p class="actions">
            <button type="button" class="primary" disabled={!hasGpu.value || training} onClick={startBench}>
              {benchResults.value.length > 0 ? "Measure again" : "Measure"}
            </button>
            {training && <span class="hint">A training has the GPU: measure when it has ended.</span>}
          </p>
        ) : (
          <>
            <Meter label="Measurements done" share={share} />
            <p class="actions">
              <button type="button" onClick={stopBench}>
                Stop
              </button>
              <span role="status" class="hint">
                measuring … {Math.round(100 * share)} %
              </span>
            </p>
          </>
        )}
        {benchReport.value && <CopyLine report={benchReport.value} />}
      </section>
      {benchResults.value.length > 0 && <Results results={benchResults.value} />}
      {benchReport.value && <AdapterTable adapter={benchReport.value.adapter} />}
    </>
  );
}
