import { useEffect, useMemo, useState } from "preact/hooks";
import type { RowPosterior, RowQuestion } from "../../engine/posterior/posterior-part.ts";
import { Meter } from "../../parts/meter.tsx";
import { NeedsModel } from "../../parts/needs-model.tsx";
import { follow, followed, following, rowPosterior } from "../../state/posterior.ts";
import { numberParam, setParams } from "../../state/route.ts";
import { model, modelFitsTable, table } from "../../state/session.ts";
import { AxesForm } from "./axes-form.tsx";
import { LatentTable } from "./latent-table.tsx";
import { PlayBar } from "./play-bar.tsx";
import { lessMotion, Player } from "./player.ts";
import { project, type AxesChoice } from "./projection.ts";
import { RowCells } from "./row-cells.tsx";
import { layers, rowScene, type LayerName } from "./row-scene.ts";
import { OrbitView, type View } from "./space/view.ts";
import { Viewer } from "./viewer.tsx";

/** The posterior of one row's latents: chains in three dimensions, and the numbers beside them. */
export function RowView() {
  return modelFitsTable.value ? <Followed /> : <NeedsModel needsTable />;
}

function Followed() {
  const row = (numberParam("row", 1, table.value!.rows) ?? 1) - 1;
  const { chains, sweeps, seed } = following.value;
  useEffect(() => {
    const wanted = { row, chains, sweeps, seed };
    if (!sameQuestion(rowPosterior.peek()?.asked, wanted)) void follow(wanted);
  }, [row, chains, sweeps, seed, model.value, table.value]);
  const posterior = rowPosterior.value;
  return (
    <>
      <section>
        <h2>What the model believes of a row</h2>
        <p class="hint">
          The model explains a row by a few hidden numbers, its latents. The encoder guesses them at once, as a Gaussian; Hamiltonian Monte Carlo starts from that guess and walks to where the row's known values say they are. The target is hidden.
        </p>
        <RowForm row={row} />
        <RowCells row={row} />
        {followed.value !== undefined && <Meter label="Chains followed" share={followed.value} />}
        {posterior?.warnings.map((warning) => <p class="warning">{warning}</p>)}
      </section>
      {posterior && <Latents posterior={posterior} />}
    </>
  );
}

function sameQuestion(a: RowQuestion | undefined, b: RowQuestion): boolean {
  return a !== undefined && a.row === b.row && a.chains === b.chains && a.sweeps === b.sweeps && a.seed === b.seed;
}

function RowForm({ row }: { row: number }) {
  const { rows } = table.value!;
  const to = (wanted: number): void => setParams({ row: String(wanted + 1) });
  const { chains, sweeps, seed } = following.value;
  const set = (name: keyof typeof following.value) => (event: Event & { currentTarget: HTMLInputElement }) => {
    if (event.currentTarget.value !== "" && event.currentTarget.validity.valid) following.value = { ...following.value, [name]: event.currentTarget.valueAsNumber };
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <p class="actions">
        <label class="with">
          Row
          <input type="number" name="row" min={1} max={rows} step={1} value={row + 1} onChange={(event) => event.currentTarget.value !== "" && event.currentTarget.validity.valid && to(event.currentTarget.valueAsNumber - 1)} />
        </label>
        <button type="button" disabled={row === 0} onClick={() => to(row - 1)}>
          Previous
        </button>
        <button type="button" disabled={row === rows - 1} onClick={() => to(row + 1)}>
          Next
        </button>
      </p>
      <details>
        <summary>Details</summary>
        <div class="fields">
          <label>
            Chains
            <input type="number" name="chains" min={2} max={64} step={1} value={chains} onChange={set("chains")} />
          </label>
          <label>
            Sweeps through the transitions for the draws
            <input type="number" name="sweeps" min={1} max={200} step={1} value={sweeps} onChange={set("sweeps")} />
          </label>
          <label>
            Seed
            <input type="number" name="seed" min={0} step={1} value={seed} onChange={set("seed")} />
          </label>
        </div>
      </details>
    </form>
  );
}

const shownAtFirst: readonly LayerName[] = ["chains", "draws", "encoder"];

function Latents({ posterior }: { posterior: RowPosterior }) {
  const { names, hmc } = posterior;
  const [axes, setAxes] = useState<AxesChoice>("telling");
  const [shown, setShown] = useState<ReadonlySet<LayerName>>(new Set(shownAtFirst));
  const player = useMemo(() => new Player(hmc?.paths.transitions ?? 0), [posterior]);
  const projection = useMemo(() => project(posterior, axes), [posterior, axes]);
  const { scene, labels } = useMemo(() => rowScene(posterior, projection, shown), [posterior, projection, shown]);
  const [eye, setEye] = useState(() => new OrbitView(scene.bounds));
  const content = useMemo(() => ({ scene, labels, view: eye.about(scene.bounds) }), [scene, labels, eye]);
  useEffect(() => {
    if (!lessMotion()) player.play();
    return () => player.pause();
  }, [player]);
  const possible = (Object.keys(layers) as LayerName[]).filter((name) => hmc || (name !== "chains" && name !== "start"));
  const turn = (change: (view: View) => View): void => setEye((now) => change(now) as OrbitView);
  const home = (): void => setEye(new OrbitView(scene.bounds));
  return (
    <div class="beside">
      <section class="space">
        <Viewer content={content} player={player} label={inWords(posterior, projection.titles)} onView={turn} onHome={home} />
        {hmc && <PlayBar player={player} paths={hmc.paths} />}
        <fieldset class="legend-of-space">
          <legend class="unseen">What is shown</legend>
          {possible.map((name) => (
            <label class={`check ${name}`} key={name}>
              <input type="checkbox" checked={shown.has(name)} onChange={(event) => setShown(new Set(event.currentTarget.checked ? [...shown, name] : [...shown].filter((other) => other !== name)))} />
              <i aria-hidden="true" />
              {layers[name]}
            </label>
          ))}
          {hmc && (
            <span class="check rejected">
              <i aria-hidden="true" /> rejected proposals
            </span>
          )}
        </fieldset>
        {names.length > 3 && <AxesForm names={names} axes={axes} onChange={setAxes} />}
        <p class="hint" id="viewer-keys">
          Drag to turn, pinch to zoom; with the keyboard: arrows, + and −, 0 for the first view, space to play.
          {names.length > 3 && (axes === "telling" ? " Nats: how far what is known of a direction is from the prior." : ` The axes show ${Math.round(100 * projection.share)} % of the draws' variance.`)} Each axis has its own scale; surfaces are drawn at 1 and 2 deviations.
        </p>
      </section>
      <LatentTable posterior={posterior} />
    </div>
  );
}

function inWords({ asked, names, hmc }: RowPosterior, titles: readonly string[]): string {
  const what = hmc
    ? `${hmc.paths.chains} chains over ${hmc.paths.transitions} transitions of ${hmc.paths.leapfrogSteps} leapfrog steps, and ${hmc.paths.chains * hmc.drawsPerChain} draws; ${(100 * hmc.acceptance).toFixed(1)} % of the proposals were accepted`
    : "draws of the encoder's Gaussian";
  return `Row ${asked.row + 1} in the space of ${names.length} latents, on the axes ${titles.filter((title) => title !== "").join(", ")}: ${what}. The numbers are in the table.`;
}
