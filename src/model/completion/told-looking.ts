import { broadcastTo, compile, concat, deviceTensor, equal, foldIn, gather, iota, reshape, Tape, toFloat, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { askedTogether, type ToldModel } from "../answers/told-answers.ts";
import { drawnAlike, eachMember } from "./completion-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";

/**
 * Completion networks that look up training rows, told one more value of a row, one draw of z a member. Which rows are near depends on all that is known of a row together, so that each question is a row of its own. rows: of the session; questions: as many as are asked at once, at most.
 */
export async function toldByLooking(network: CompletionNetwork, rows: number, questions: number): Promise<ToldModel> {
  const { gpu, shape, members } = network;
  const { columns, features: d } = shape;
  const p = columns.length - d;
  const draws = members.length;
  const asked = Math.min(askedTogether, questions);
  const index = (): DeviceTensor => deviceTensor(gpu, [asked], undefined, { dtype: "u32" });
  const inputs = { x: deviceTensor(gpu, [rows, d]), observed: deviceTensor(gpu, [rows, d]), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }), row: index(), feature: index(), value: deviceTensor(gpu, [asked]) };

  const tape = new Tape();
  const each = (t: DeviceTensor): Tensor => broadcastTo(reshape(t.dtype === "u32" ? toFloat(tape.read(t)) : tape.read(t), [asked, 1]), [asked, d]);
  const isTold = equal(each(inputs.feature), iota(tape, [asked, d], 1));
  const padded = (t: Tensor): Tensor => (p === 0 ? t : concat([t, tape.fill(0, [asked, p])], 1));
  const ofRow = (t: DeviceTensor): Tensor => gather(tape.read(t), tape.read(inputs.row));
  const known = network.known(padded(where(isTold, each(inputs.value), ofRow(inputs.x))), padded(where(isTold, 1, ofRow(inputs.observed))));
  const theta = eachMember(network, { rows: asked, draws }, (member, _, m) => {
    const q = member.encoder(known);
    return member.decoder(drawnAlike(q, foldIn(tape.read(inputs.key), 1 + m)), known, d);
  });
  const program = await compile(gpu, { thetaY: theta });

  return {
    asked, targets: columns.slice(d), variance: 1, draws,
    begin: ({ x, observed }, key) => {
      inputs.x.write(x);
      inputs.observed.write(observed);
      inputs.key.write(key);
    },
    ask: ({ row, feature, value }) => {
      inputs.row.write(row);
      inputs.feature.write(feature);
      inputs.value.write(value);
      submit(gpu, [program]);
      return program.outputs.thetaY;
    },
    destroy: () => {
      program.destroy();
      for (const tensor of Object.values(inputs)) tensor.destroy();
    },
  };
}
