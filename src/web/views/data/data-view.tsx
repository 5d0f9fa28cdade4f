import { Problems } from "../../parts/problems.tsx";
import { go } from "../../state/route.ts";
import { decideOtherwise } from "../../state/reading.ts";
import { busy, choiceProblems, choices, described, fileProblems, hasGpu, restoring, table } from "../../state/session.ts";
import { FinishedExample, Purpose } from "../start/welcome.tsx";
import { Columns } from "./columns.tsx";
import { GapMap } from "./gap-map.tsx";
import { OpenFile } from "./open-file.tsx";
import { Preview } from "./preview.tsx";
import { ReadingForm, ReadingNotes } from "./reading-form.tsx";

/** Open a table, look at it and at what was decided about it, decide otherwise, say what to predict. */
export function DataView() {
  const info = table.value;
  const problems = choiceProblems.value;
  return (
    <>
      {!info && !fileProblems.value && <Purpose />}
      <OpenFile />
      {!info && !fileProblems.value && !restoring.value && <FinishedExample />}
      {fileProblems.value && (
        <>
          <Problems title={`${fileProblems.value.source} cannot be read as it is`} problems={fileProblems.value.problems} onFix={({ changes }) => decideOtherwise(...changes)} />
          <section aria-busy={busy.value}>
            <h2>How it is read</h2>
            <ReadingForm />
          </section>
        </>
      )}
      {info && (
        <>
          <section aria-busy={busy.value}>
            <h2>{info.name}</h2>
            <p>
              {info.rows} rows, {info.columns.length} columns{described.value && `, ${described.value.columns.reduce((total, { missing }) => total + missing, 0)} cells missing`}.
            </p>
            <ReadingNotes />
            <Preview />
          </section>
          {described.value && <Columns described={described.value} />}
          {problems && problems.length > 0 && <Problems title="Before training" problems={problems} onFix={({ changes }) => decideOtherwise(...changes)} />}
          <section class="actions">
            <button type="button" class="primary" disabled={!hasGpu.value || problems === undefined || problems.length > 0} onClick={() => go("train")}>
              {choices.value.targets.length > 0 ? "Train a model" : "Train a model without target"}
            </button>
            {choices.value.targets.length === 0 && <p class="hint">Without a target the model fills holes; with one it also predicts, and says which value to measure next.</p>}
          </section>
          {described.value && <GapMap />}
        </>
      )}
    </>
  );
}
