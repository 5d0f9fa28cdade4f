import { useEffect } from "preact/hooks";
import { exampleAnswers, fetchAnswers, openFinished } from "../../state/example.ts";
import { busy, hasGpu } from "../../state/session.ts";
import { ExampleSteps } from "./example-steps.tsx";
import { ExampleTable } from "./example-table.tsx";

/** What the page is for, before anything is open. */
export function Purpose() {
  return (
    <div class="purpose">
      <h2>Fill the holes in a table, see how sure each value is, and learn which value to measure next.</h2>
      <p>Open a table with missing cells; a model learns it here, in this tab. Nothing is sent anywhere.</p>
    </div>
  );
}

/** A finished example: a table that was filled, and a prediction that answers sharpen. */
export function FinishedExample() {
  useEffect(() => void fetchAnswers(), []);
  const answers = exampleAnswers.value;
  return (
    <section id="example" aria-busy={busy.value}>
      <h2>A finished example: {answers ? `${answers.rows} cars with ${answers.holes} holes` : "cars with holes"}</h2>
      {answers && (
        <>
          <div class="example-parts">
            <figure>
              <figcaption>Filled: the deeper the shade, the less sure the value</figcaption>
              <ExampleTable answers={answers} />
            </figure>
            <figure>
              <figcaption>Asked: what to measure next to know the {answers.target}</figcaption>
              <ExampleSteps answers={answers} />
            </figure>
          </div>
          <p>
            Is its model good? <strong class="verdict good">{answers.verdict}</strong> Checked on {answers.checked} cars that it had not seen.
          </p>
        </>
      )}
      <p class="actions">
        <button type="button" disabled={!hasGpu.value || busy.value} onClick={() => openFinished("filled")}>
          See its filled table
        </button>
        <button type="button" disabled={!hasGpu.value || busy.value} onClick={() => openFinished("ask")}>
          Ask it yourself
        </button>
      </p>
    </section>
  );
}
