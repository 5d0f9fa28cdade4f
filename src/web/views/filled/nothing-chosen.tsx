import { setRows } from "../../state/filled.ts";

/** What stands beside the table until a hole is chosen. */
export function NothingChosen() {
  return (
    <section>
      <h2>A cell in detail</h2>
      <p class="hint">Choose a shaded cell: what is believed about it comes here.</p>
      <p class="actions">
        <button type="button" onClick={() => setRows({ by: "unsure" })}>
          Least sure first
        </button>
      </p>
    </section>
  );
}
