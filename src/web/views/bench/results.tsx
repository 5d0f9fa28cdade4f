import type { BenchResult } from "../../engine/bench-part.ts";
import { recorded, recordedMs } from "./recorded.ts";
import { bestOf, digits, families, rateOf, rateText } from "./summary.ts";

/** All measurements by kind; a bar is the share of the family's fastest. */
export function Results({ results }: { results: readonly BenchResult[] }) {
  const roof = bestOf(results, "registers");
  return (
    <section id="bench-results">
      <h2>Results</h2>
      {families
        .filter(({ name }) => results.some(({ family }) => family === name))
        .map(({ name, title, about }) => {
          const own = name === "registers" ? [roof!] : results.filter(({ family }) => family === name);
          return (
            <div key={name} class="bench-family">
              <h3>{title}</h3>
              <p class="hint">{about}</p>
              <div class="scroll" tabIndex={0} role="region" aria-label={title}>
                <table class="bench">
                  <thead>
                    <tr>
                      <th scope="col">Size</th>
                      <th scope="col" class="number">
                        Time, ms
                      </th>
                      <th scope="col">Rate</th>
                      <th scope="col" class="number">
                        {recorded.where}, ms
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {own.map((result) => (
                      <Line key={result.size} result={result} best={bestOf(results, name)!} roof={roof} />
                    ))}
                  </tbody>
                </table>
              </div>
            </div>
          );
        })}
      <p class="hint">
        Medians. A time includes the submit; where the GPU counts time itself, its own count stands behind it. A multiply-add counts as two operations. "{recorded.where}" is on record in the project's bench/RESULTS.md, measured in Node with Mesa's software driver. Small sizes are mostly the time that starting the work takes, on any GPU.
      </p>
    </section>
  );
}

function Line({ result, best, roof }: { result: BenchResult; best: BenchResult; roof: BenchResult | undefined }) {
  const { family, size, ms, deviceMs, operations } = result;
  const before = recordedMs(family, size);
  const share = roof && operations !== undefined && family !== "registers" ? (100 * (operations / ms)) / (roof.operations! / roof.ms) : undefined;
  return (
    <tr>
      <th scope="row">{family === "registers" ? "16 sums per invocation" : size}</th>
      <td class="number">
        {digits(ms)}
        {deviceMs !== undefined && ` (GPU ${digits(deviceMs)})`}
      </td>
      <td>
        {operations !== undefined && <meter aria-label={`share of the fastest, ${size}`} min={0} max={1} value={rateOf(result) / rateOf(best)} />} {rateText(result)}
        {share !== undefined && <span class="hint"> {Math.round(share)} % of registers only</span>}
      </td>
      <td class="number">{before === undefined ? "" : digits(before)}</td>
    </tr>
  );
}
