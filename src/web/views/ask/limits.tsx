import type { Method } from "../../../acquisition/api.ts";
import { isContinuous } from "../../../data/schema/column.ts";
import { askSettings, inNats, setAsking, type AskSettings } from "../../state/asking.ts";
import { model } from "../../state/session.ts";

const methods: Record<Method, string> = {
  mi: "information about the target, first what tells most",
  gaussian: "Gaussian reward of the encoder: rougher, no error",
  variance: "what is least certain itself",
  random: "at random, for comparison",
};

/** How the next value is chosen, what values cost, and when it is enough; can be changed between two questions. */
export function Limits() {
  const settings = askSettings.value;
  const { features, targets } = model.value!;
  const continuous = targets.find(({ type }) => isContinuous(type));
  return (
    <>
      <div class="fields">
        <label>
          Next value by
          <select value={settings.method} onChange={({ currentTarget }) => setAsking({ method: currentTarget.value as Method })}>
            {Object.entries(methods).map(([method, words]) => (
              <option value={method}>{words}</option>
            ))}
          </select>
        </label>
        {inNats(settings.method) && <Limit name="minimalGain" label="Enough when no value tells this much, nats" least={0} settings={settings} />}
        {continuous && <Limit name="width" label={`Enough when the interval of ${continuous.name} is narrower than${continuous.format?.date === undefined ? "" : " (days)"}`} least={0} optional settings={settings} />}
        {!targets.some(({ type }) => isContinuous(type)) && <Limit name="sure" label="Enough when a level is so probable (0 to 1)" least={0} most={1} settings={settings} />}
        <Limit name="budget" label="Budget" least={0} optional settings={settings} />
      </div>
      <fieldset>
        <legend class="hint">What each value costs, in any unit. Values are asked for by what they tell per cost.</legend>
        <div class="fields costs">
          {features.map(({ name }) => (
            <label>
              {name}
              <input
                type="number"
                min="0.000001"
                step="any"
                required
                value={settings.costs[name] ?? 1}
                onChange={({ currentTarget }) => currentTarget.validity.valid && setAsking({ costs: { ...settings.costs, [name]: currentTarget.valueAsNumber } })}
              />
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}

interface LimitProps {
  name: keyof AskSettings & ("minimalGain" | "width" | "sure" | "budget");
  label: string;
  least: number;
  most?: number;
  optional?: boolean;
  settings: AskSettings;
}

function Limit({ name, label, least, most, optional = false, settings }: LimitProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        name={name}
        min={least}
        max={most}
        step="any"
        required={!optional}
        placeholder={optional ? "none" : undefined}
        value={settings[name] ?? ""}
        onChange={({ currentTarget }) => currentTarget.validity.valid && setAsking({ [name]: currentTarget.value === "" ? undefined : currentTarget.valueAsNumber })}
      />
    </label>
  );
}
