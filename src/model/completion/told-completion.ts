import { add, broadcastTo, compile, concat, deviceTensor, foldIn, gather, mul, reshape, sub, Tape, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { inputCount, knotsOf, pieceAt, readEntry } from "../latent/feature-inputs.ts";
import { askedTogether, type ToldModel } from "../answers/told-answers.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { drawnAlike, eachMember } from "./completion-draws.ts";

/** How what is read of a feature's value goes on between two of its knots. */
interface Between {
  lower: DeviceTensor;
  upper: DeviceTensor;
  part: DeviceTensor;
}

/**
 * Completion networks that are told one more value of a row, one draw of z a member. First layers add up what they read of each entry, which is linear between the knots of an entry's code;
 * so what one value adds is looked up between two rows of a table, instead of reading all entries of the row anew for every value. rows: of the session; questions: as many as are asked at once, at most.
 */
export async function toldCompletion(network: CompletionNetwork, rows: number, questions: number): Promise<ToldModel> {
  const { gpu, shape, members } = network;
  const { columns, features: d } = shape;
  const p = columns.length - d;
  const draws = members.length;
  const asked = Math.min(askedTogether, questions);
  const knots = knotsOf(columns.slice(0, d), shape.knots);
  const firstKnot = knots.map((_, j) => knots.slice(0, j).reduce((total, own) => total + own.length, 0));
  const tables = await firstLayerTables(network, knots);
  const index = (): DeviceTensor => deviceTensor(gpu, [asked], undefined, { dtype: "u32" });
  const inputs = { x: deviceTensor(gpu, [rows, d]), observed: deviceTensor(gpu, [rows, d]), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }), row: index(), lower: index(), upper: index(), part: deviceTensor(gpu, [asked]) };

  const rowTape = new Tape();
  const padded = (t: DeviceTensor): Tensor => concat([rowTape.read(t), rowTape.fill(0, [rows, p])], 1);
  const known = network.known(padded(inputs.x), padded(inputs.observed));
  const first = await compile(gpu, Object.fromEntries(members.flatMap((member, m) => Object.entries(member.firstLayers(known)).map(([name, t]) => [`${m}/${name}`, t]))));

  const tape = new Tape();
  const theta = eachMember(network, { rows: asked, draws }, (member, _, m) => {
    const layer = (name: string): Tensor => add(gather(tape.read(first.outputs[`${m}/${name}`]), tape.read(inputs.row)), between(tape, tables.get(`${m}/${name}`)!, inputs));
    const q = member.encoderFrom(layer("encoder"));
    return member.decoderFrom(drawnAlike(q, foldIn(tape.read(inputs.key), 1 + m)), layer("known"), d);
  });
  const program = await compile(gpu, { thetaY: theta });

  return {
    asked, targets: columns.slice(d), variance: 1, draws,
    begin: ({ x, observed }, key) => {
      inputs.x.write(x);
      inputs.observed.write(observed);
      inputs.key.write(key);
      submit(gpu, [first]);
    },
    ask: ({ row, feature, value }) => {
      const [lower, upper, part] = [new Uint32Array(asked), new Uint32Array(asked), new Float32Array(asked)];
      for (let i = 0; i < asked; i++) {
        const at = pieceAt(knots[feature[i]], value[i]);
        lower[i] = firstKnot[feature[i]] + at.piece;
        upper[i] = lower[i] + 1;
        part[i] = at.part;
      }
      inputs.row.write(row);
      inputs.lower.write(lower);
      inputs.upper.write(upper);
      inputs.part.write(part);
      submit(gpu, [program]);
      return program.outputs.thetaY;
    },
    destroy: () => {
      for (const one of [first, program]) one.destroy();
      for (const tensor of [...tables.values(), ...Object.values(inputs)]) tensor.destroy();
    },
  };
}

/** (1 - part) table[lower] + part table[upper]: [N, hidden] */
function between(tape: Tape, table: DeviceTensor, { lower, upper, part }: Between): Tensor {
  const at = (index: DeviceTensor): Tensor => gather(tape.read(table), tape.read(index));
  const from = at(lower);
  const share = broadcastTo(reshape(tape.read(part), [part.size, 1]), from.shape);
  return add(mul(share, at(upper)), mul(sub(1, share), from));
}

/** What every first layer makes of each feature's entry at each of its knots, once it is seen: [knots of all features, hidden] by member and layer. */
async function firstLayerTables({ gpu, shape, parameters, members }: CompletionNetwork, knots: readonly (readonly number[])[]): Promise<Map<string, DeviceTensor>> {
  const { columns } = shape;
  const total = knots.reduce((sum, own) => sum + own.length, 0);
  const read = knots.map((own, j) => own.map((value) => readEntry(columns[j], shape.knots[j] ?? [], value)));
  const inputs = columns.map((column, j) => inputCount([column], [shape.knots[j]]));
  const seen = inputs.reduce((sum, own) => sum + own, 0);
  const tables = new Map<string, DeviceTensor>();
  for (const [m, member] of members.entries()) {
    for (const [layer, name] of Object.entries(member.firstKernels)) {
      const kernel = parameters.value(name);
      const hidden = kernel.shape[1];
      const weights = await kernel.read();
      const table = new Float32Array(total * hidden);
      let [row, from] = [0, 0];
      read.forEach((values, j) => {
        const sum = Float64Array.from(weights.subarray((seen + j) * hidden, (seen + j + 1) * hidden));
        let before: readonly number[] = new Array<number>(inputs[j]).fill(0);
        for (const own of values) {
          // from knot to knot few inputs change
          own.forEach((value, i) => {
            const step = value - before[i];
            if (step !== 0) for (let h = 0; h < hidden; h++) sum[h] += step * weights[(from + i) * hidden + h];
          });
          table.set(sum, row++ * hidden);
          before = own;
        }
        from += inputs[j];
      });
      tables.set(`${m}/${layer}`, deviceTensor(gpu, [total, hidden], table));
    }
  }
  return tables;
}
