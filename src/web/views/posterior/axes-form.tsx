import type { AxesChoice } from "./projection.ts";

interface AxesFormProps {
  names: readonly string[];
  axes: AxesChoice;
  onChange: (axes: AxesChoice) => void;
}

const kinds = {
  telling: "directions the row says most about",
  principal: "directions in which the draws are widest",
  latents: "three latents",
} as const;

/** Which three directions of the latent space are drawn. */
export function AxesForm({ names, axes, onChange }: AxesFormProps) {
  const kind = typeof axes === "string" ? axes : "latents";
  return (
    <div class="fields axes">
      <label>
        Axes
        <select value={kind} onChange={(event) => onChange(event.currentTarget.value === "latents" ? [0, 1, 2] : (event.currentTarget.value as "telling" | "principal"))}>
          {Object.entries(kinds).map(([value, words]) => (
            <option value={value}>{words}</option>
          ))}
        </select>
      </label>
      {typeof axes !== "string" &&
        axes.map((chosen, axis) => (
          <label key={axis}>
            {["First axis", "Second axis", "Upright axis"][axis]}
            <select value={chosen} onChange={(event) => onChange(axes.map((old, i) => (i === axis ? Number(event.currentTarget.value) : old)) as unknown as AxesChoice)}>
              {names.map((name, i) => (
                <option value={i} disabled={axes.includes(i) && i !== chosen}>
                  ε {name}
                </option>
              ))}
            </select>
          </label>
        ))}
    </div>
  );
}
