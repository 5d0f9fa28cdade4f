import { Later } from "../../parts/later.tsx";
import { route, setParams } from "../../state/route.ts";
import { modelFitsTable } from "../../state/session.ts";

const parts = {
  row: { title: "A row's latents", load: async () => (await import("./row-view.tsx")).RowView },
  targets: { title: "Tuning on known targets", load: async () => (await import("./targets-view.tsx")).TargetsView },
} as const;

/** Posteriors to look at: a row's latents under the model, and planar densities on which HMC is tuned. */
export function PosteriorView() {
  const wanted = route.value.params.show;
  const shown: keyof typeof parts = wanted === "row" || wanted === "targets" ? wanted : modelFitsTable.value ? "row" : "targets";
  return (
    <>
      <fieldset class="choices" aria-label="What to look at">
        {Object.entries(parts).map(([name, { title }]) => (
          <label key={name}>
            <input type="radio" name="show" checked={shown === name} onChange={() => setParams({ show: name })} />
            {title}
          </label>
        ))}
      </fieldset>
      <Later key={shown} load={parts[shown].load} />
    </>
  );
}
