import { expect, it } from "vitest";
import { Tuning, type Question, type TuningStore } from "../../src/gpu/tuning.ts";

/** A clock that only the trials move: each variant takes what `costs` says. */
function simulated(costs: Record<string, number>): { clock: () => number; question(name: string): Question; prepared: string[]; ended: number[] } {
  let now = 0;
  const prepared: string[] = [];
  const ended: number[] = [];
  const question = (name: string): Question => ({
    name,
    variants: Object.keys(costs),
    trials: () => ({
      prepare: async (variant) => {
        prepared.push(variant);
        return { run: async (times) => void (now += times * costs[variant]) };
      },
      end: () => void ended.push(now),
    }),
  });
  return { clock: () => now, question, prepared, ended };
}

function memoryStore(text?: string): TuningStore & { text?: string } {
  return { text, load() { return this.text; }, save(saved) { this.text = saved; } };
}

it("the fastest variant is chosen, once, and what the trials made is freed", async () => {
  const { clock, question, prepared, ended } = simulated({ standard: 4, slow: 9, fast: 2 });
  const tuning = new Tuning("adapter", { clock });
  expect(await Promise.all([tuning.choose(question("a")), tuning.choose(question("a"))])).toEqual(["fast", "fast"]);
  expect(prepared).toEqual(["standard", "slow", "fast"]);
  expect(ended.length).toBe(1);
});

it("the default stays unless another is clearly faster", async () => {
  const { clock, question } = simulated({ standard: 1, alike: 0.95 });
  expect(await new Tuning("adapter", { clock }).choose(question("a"))).toBe("standard");
});

it("one slow round does not decide: the least time of each counts", async () => {
  let now = 0;
  let rounds = 0;
  const question: Question = {
    name: "a",
    variants: ["standard", "fast"],
    trials: () => ({
      // another program takes the machine each second time that the fast one runs
      prepare: async (variant) => ({ run: async (times) => void (now += times * (variant === "standard" ? 2 : rounds++ % 2 === 1 ? 6 : 1)) }),
      end: () => undefined,
    }),
  };
  expect(await new Tuning("adapter", { clock: () => now }).choose(question)).toBe("fast");
});

it("the budget bounds the time: variants that it does not reach are not tried", async () => {
  const { clock, question, prepared } = simulated({ standard: 150, second: 150, third: 1 });
  expect(await new Tuning("adapter", { clock, budget: 400 }).choose(question("a"))).toBe("standard");
  expect(prepared).toEqual(["standard"]);
  expect(clock()).toBeLessThan(1000);
});

it("the store answers the next time, for the same adapter", async () => {
  const store = memoryStore();
  const first = simulated({ standard: 4, fast: 2 });
  await new Tuning("adapter A", { clock: first.clock, store }).choose(first.question("a"));
  const again = simulated({ standard: 4, fast: 2 });
  const tuning = new Tuning("adapter A", { clock: again.clock, store });
  expect([await tuning.choose(again.question("a")), tuning.measured, again.prepared]).toEqual(["fast", 0, []]);
  // other adapters measure by themselves and leave the first one's choices
  const other = simulated({ standard: 1, fast: 2 });
  expect(await new Tuning("adapter B", { clock: other.clock, store }).choose(other.question("a"))).toBe("standard");
  expect(JSON.parse(store.text!).choices).toEqual({ "adapter A": { a: "fast" }, "adapter B": { a: "standard" } });
});

it("what another process saved meanwhile stays", async () => {
  const store = memoryStore();
  const { clock, question } = simulated({ standard: 4, fast: 2 });
  const [one, two] = [new Tuning("adapter", { clock, store }), new Tuning("adapter", { clock, store })];
  await one.choose(question("a"));
  await two.choose(question("b"));
  expect(JSON.parse(store.text!).choices).toEqual({ adapter: { a: "fast", b: "fast" } });
});

it("refresh measures what the store knows, and a variant that is no longer offered is measured too", async () => {
  const known = (choice: string): TuningStore => memoryStore(JSON.stringify({ format: "hhvaem-tuning", version: 1, choices: { adapter: { a: choice } } }));
  const { clock, question } = simulated({ standard: 4, fast: 2 });
  expect(await new Tuning("adapter", { clock, store: known("standard") }).choose(question("a"))).toBe("standard");
  expect(await new Tuning("adapter", { clock, store: known("standard"), refresh: true }).choose(question("a"))).toBe("fast");
  expect(await new Tuning("adapter", { clock, store: known("retired") }).choose(question("a"))).toBe("fast");
});

it.each(["", "{", "[]", `{"format":"other","version":1,"choices":{}}`, `{"format":"hhvaem-tuning","version":2,"choices":{"adapter":{"a":"standard"}}}`, `{"format":"hhvaem-tuning","version":1,"choices":{"adapter":{"a":3}}}`])(
  "a store with the text %s holds no choices and is replaced",
  async (text) => {
    const store = memoryStore(text);
    const { clock, question } = simulated({ standard: 4, fast: 2 });
    expect(await new Tuning("adapter", { clock, store }).choose(question("a"))).toBe("fast");
    expect(JSON.parse(store.text!).choices).toEqual({ adapter: { a: "fast" } });
  },
);

it("a variant that fails is passed over; a default that fails is told, and the next question is asked all the same", async () => {
  const { clock, question } = simulated({ standard: 4, broken: 1, fast: 2 });
  const tuning = new Tuning("adapter", { clock });
  const failing = (name: string, broken: string): Question => {
    const { variants, trials } = question(name);
    const { prepare, end } = trials();
    return { name, variants, trials: () => ({ prepare: (variant) => (variant === broken ? Promise.reject(new Error(`${variant} did not compile`)) : prepare(variant)), end }) };
  };
  const [failed, passed] = await Promise.allSettled([tuning.choose(failing("a", "standard")), tuning.choose(failing("b", "broken"))]);
  expect([failed.status, passed]).toEqual(["rejected", { status: "fulfilled", value: "fast" }]);
});
