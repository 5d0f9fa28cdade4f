import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { loadSchema } from "../../state/reading.ts";
import { choiceProblems, choices, choose, table } from "../../state/session.ts";

/** The decisions as a file: the same that `hhvaem schema` writes. */
export function SchemaFiles() {
  const stem = table.value!.name.replace(/\.\w+(\.gz)?$/, "");
  const given = choices.value.schema !== undefined;
  const save = async (): Promise<void> => {
    const text = await attempt(() => engine.data.schemaFile());
    if (text !== undefined) saveFile(`${stem}.schema.json`, text, "application/json");
  };
  return (
    <div>
      <p class="actions">
        <button type="button" disabled={choiceProblems.value === undefined || choiceProblems.value.length > 0} onClick={save}>
          Save these decisions
        </button>
        <label class="button">
          Load decisions
          <input
            type="file"
            id="schema-file"
            class="unseen"
            accept=".json"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void loadSchema(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
        {given && (
          <button type="button" onClick={() => choose({ targets: choices.value.targets, types: {} })}>
            Decide by the cells again
          </button>
        )}
      </p>
      <p class="hint">The schema file of the command line: the next table of the same source is read alike, in both.</p>
    </div>
  );
}
