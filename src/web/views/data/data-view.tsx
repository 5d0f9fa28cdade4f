import { Problems } from "../../parts/problems.tsx";
import { go } from "../../state/route.ts";
import { choiceProblems, choices, fileProblems, hasGpu, table } from "../../state/session.ts";
import { Columns } from "./columns.tsx";
import { GapMap } from "./gap-map.tsx";
import { OpenFile } from "./open-file.tsx";
import { Preview } from "./preview.tsx";

/** Open a table, look at it, say what its columns are. */
export function DataView() {
  const info = table.value;
  const problems = choiceProblems.value;
  return (
    <>
      <OpenFile />
      {fileProblems.value && <Problems title={`${fileProblems.value.source} cannot be read as it is`} problems={fileProblems.value.problems} />}
      {info && (
        <>
          <section>
            <h2>{info.name}</h2>
            <p>
              {info.rows} rows, {info.columns.length} columns, {info.columns.reduce((total, { missing }) => total + missing, 0)} cells missing.
            </p>
            <Preview />
          </section>
          <Columns />
          {problems && problems.length > 0 && <Problems title="Before training" problems={problems} />}
          <section class="actions">
            <button type="button" class="primary" disabled={!hasGpu.value || problems === undefined || problems.length > 0} onClick={() => go("train")}>
              {choices.value.targets.length > 0 ? "Train a model" : "Train a model without target"}
            </button>
            {choices.value.targets.length === 0 && <p class="hint">Without a target the model fills holes; with one it also predicts, and says which value to measure next.</p>}
          </section>
          <GapMap />
        </>
      )}
    </>
  );
}
