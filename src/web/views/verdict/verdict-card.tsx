import { fill, filled, filling } from "../../state/filled.ts";
import { go } from "../../state/route.ts";
import { model, modelFitsTable, table } from "../../state/session.ts";
import { choose, phase, settings } from "../../state/training.ts";
import { CalibrationSection } from "./calibration-section.tsx";
import { CheckedColumns } from "./checked-columns.tsx";
import { HeldBackCurve } from "./held-back-curve.tsx";
import { Findings, verdict, VerdictBadge } from "./verdict-parts.tsx";

/** Whether the model is any good, in words and numbers, and what to do next. */
export function VerdictCard() {
  const { check } = model.value!;
  const { text } = verdict.value;
  return (
    <section id="verdict">
      <h2>
        Is the model good? <VerdictBadge />
      </h2>
      <p>{text}</p>
      {check && (
        <>
          <Findings />
          {check.curve && <HeldBackCurve curve={check.curve} />}
          <details>
            <summary>Column by column</summary>
            <CheckedColumns check={check} />
          </details>
          <p class="hint">
            {check.rows} of {check.of} rows were held back from the training. Each of their known cells was hidden and guessed from the others ({check.draws} draws each).
          </p>
        </>
      )}
      <CalibrationSection />
      <NextSteps />
    </section>
  );
}

/** What is worth doing with the model as it is. */
function NextSteps() {
  const { level, trainLonger } = verdict.value;
  const longerFirst = level === "poor" && trainLonger;
  const canTrain = table.value !== undefined && phase.value === "idle";
  const { targets } = model.value!;
  return (
    <p class="actions">
      {longerFirst && canTrain && <LongerButton main />}
      {modelFitsTable.value && (
        <button type="button" class={longerFirst ? "" : "primary"} onClick={seeFilled}>
          See the filled table
        </button>
      )}
      {targets.length > 0 && (
        <button type="button" onClick={() => go("ask")}>
          Ask what to measure next
        </button>
      )}
      {!longerFirst && trainLonger && canTrain && <LongerButton />}
      {!table.value && (
        <button type="button" class="primary" onClick={() => go("data")}>
          Open a table to fill
        </button>
      )}
    </p>
  );
}

/** Goes to the filled table; what is not filled yet is being filled. */
function seeFilled(): void {
  go("filled");
  if (!filled.value && filling.value === undefined) void fill();
}

/** Sets a training of three times as long up; the user starts it. */
function LongerButton({ main = false }: { main?: boolean }) {
  const longer = (): void => {
    const { time } = settings.value;
    choose({ time: time === undefined ? undefined : 3 * time });
    const form = document.getElementById("training-settings");
    form?.scrollIntoView({ block: "start" });
    form?.querySelector<HTMLElement>("button[type=submit]")?.focus();
  };
  return (
    <button type="button" class={main ? "primary" : ""} onClick={longer}>
      Train longer
    </button>
  );
}
