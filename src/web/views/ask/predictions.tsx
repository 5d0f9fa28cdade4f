import { useState } from "preact/hooks";
import type { AskState } from "../../engine/ask/ask-state.ts";
import { askedRow } from "../../state/asking.ts";
import { TargetPanel } from "./target-panel.tsx";

/** What is believed about the targets, and how it came so far. */
export function Predictions({ state }: { state: AskState }) {
  const [shown, show] = useState(false);
  const truth = askedRow.value?.targets;
  const count = state.predictions[0].targets.length;
  return (
    <section class="prediction">
      {Array.from({ length: count }, (_, target) => (
        <TargetPanel key={target} history={state.predictions.map(({ step, targets }) => ({ step, posterior: targets[target] }))} truth={shown ? truth?.[target] : undefined} />
      ))}
      {truth?.some((text) => text !== undefined) && (
        <label class="check">
          <input type="checkbox" checked={shown} onChange={(event) => show(event.currentTarget.checked)} /> show what the table says
        </label>
      )}
    </section>
  );
}
