import type { RowPosterior } from "../../engine/posterior/posterior-part.ts";

/** Above it, chains are said to disagree. (Vehtari et al. 2021) */
const mostRHat = 1.01;

/** The numbers of a row's posterior: how well the chains mixed, and what encoder and chains say of each latent. */
export function LatentTable({ posterior }: { posterior: RowPosterior }) {
  const { names, encoder, hmc, inflation, layers } = posterior;
  return (
    <section>
      <h2>In numbers</h2>
      {hmc ? (
        <dl class="facts">
          <Fact name="Acceptance" value={`${(100 * hmc.acceptance).toFixed(1)} %`} />
          <Fact name="Divergent trajectories" value={String(hmc.divergences)} bad={hmc.divergences > 0} />
          <Fact name="Largest R-hat" value={Math.max(...hmc.summaries.map(({ rHat }) => rHat)).toFixed(3)} bad={hmc.summaries.some(({ rHat }) => !(rHat < mostRHat))} />
          <Fact name="Fewest effective draws" value={`${Math.round(Math.min(...hmc.summaries.map(({ essBulk, essTail }) => Math.min(essBulk, essTail))))} of ${hmc.drawsPerChain * hmc.paths.chains}`} />
          <Fact name="Least E-BFMI" value={Math.min(...hmc.bfmi).toFixed(2)} bad={Math.min(...hmc.bfmi) < 0.3} />
          <Fact name={layers.length > 1 ? "Inflation, by layer" : "Inflation"} value={inflation.map((factor) => factor.toFixed(2)).join(", ")} />
        </dl>
      ) : (
        <p>This model does not use HMC: the encoder's Gaussian is all there is.</p>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="Latents">
        <table class="latents">
          <caption class="unseen">Mean and deviation of each latent by the encoder and by the chains, with R-hat and effective draws</caption>
          <thead>
            <tr>
              <th scope="col">latent</th>
              <th scope="col" class="number">
                encoder
              </th>
              {hmc && (
                <>
                  <th scope="col" class="number">
                    chains
                  </th>
                  <th scope="col" class="number">
                    R-hat
                  </th>
                  <th scope="col" class="number">
                    ESS
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {names.map((name, i) => (
              <tr key={name}>
                <th scope="row">ε {name}</th>
                <td class="number">{meanAndDeviation(encoder.mean[i], encoder.standardDeviation[i])}</td>
                {hmc && (
                  <>
                    <td class="number">{meanAndDeviation(hmc.summaries[i].mean, hmc.summaries[i].standardDeviation)}</td>
                    <td class={`number${hmc.summaries[i].rHat < mostRHat ? "" : " warning"}`}>{hmc.summaries[i].rHat.toFixed(3)}</td>
                    <td class="number">
                      {hmc.summaries[i].essBulk.toFixed(0)} / {hmc.summaries[i].essTail.toFixed(0)}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hmc && (
        <p class="hint">
          The first {hmc.paths.transitions} transitions are those behind every draw the model answers with; they are what moves in the picture. The draws and their numbers come from the same chains going on. R-hat below {mostRHat} says that by then the chains no longer knew where they had started. ESS: draws as many as independent ones would be, for the centre and for the tails.{layers.length > 1 && " Latents are named by layer and number, layer 1 next to the data."}
        </p>
      )}
    </section>
  );
}

function Fact({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={bad ? "warning" : ""}>{value}</dd>
    </div>
  );
}

function meanAndDeviation(mean: number, deviation: number): string {
  return `${mean.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−")} ± ${deviation.toFixed(2)}`;
}
