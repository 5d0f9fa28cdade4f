import type { ExampleAnswers } from "../../engine/example-answers.ts";
import { short } from "../../parts/numbers.ts";

/** The example's prediction after each answer: intervals on one scale, with what is asked next. */
export function ExampleSteps({ answers: { steps, target } }: { answers: ExampleAnswers }) {
  const [low, high] = [Math.min(...steps.map(({ lower }) => lower)), Math.max(...steps.map(({ upper }) => upper))];
  const place = (value: number): number => 2 + (96 * (value - low)) / (high - low);
  return (
    <ol class="example-steps">
      {steps.map(({ value, lower, upper, answered, next }) => (
        <li>
          <p>
            {answered ? `${answered.name} is ${answered.text}: ` : "Nothing known: "}
            <strong>{short(value)}</strong> {target}, 90 % between {short(lower)} and {short(upper)}
          </p>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect x={place(lower)} y="1.5" width={place(upper) - place(lower)} height="3" rx="1" class="interval" />
            <rect x={place(value) - 0.5} y="0" width="1" height="6" class="middle" />
          </svg>
          {next && <p class="hint">Most worth measuring next: {next}</p>}
        </li>
      ))}
    </ol>
  );
}
