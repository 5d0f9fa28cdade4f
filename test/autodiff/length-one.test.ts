import { expect, it } from "vitest";
import { add, clamp, compile, concat, deviceTensor, gather, mul, slice, square, sum, Tape } from "../../src/autodiff/index.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";

it("parts of length 1 inside a concatenation or a gathered table are computed outside the loop over it", async () => {
  const gpu = await testDevice();
  const rows = 5;
  const x = Array.from({ length: 3 * rows }, (_, i) => Math.sin(i));
  const tape = new Tape();
  const t = tape.read(deviceTensor(gpu, [rows, 3], x));
  // sum over the row of [clamp(x_1 + x_2), x_0, x_2]^2
  const one = clamp(add(slice(t, 1, 1, 2), slice(t, 1, 2, 3)), -0.5, 0.5);
  const joined = concat([one, slice(t, 1, 0, 1), slice(t, 1, 2, 3)], 1);
  const indices = tape.read(deviceTensor(gpu, [4], [0, 0, 0, 0], { dtype: "u32" }));
  const gathered = gather(clamp(mul(2, slice(t, 0, 1, 2)), -1, 1), indices);
  const program = await compile(gpu, { joined: sum(square(joined), 1), gathered: sum(square(gathered)) });
  program.run();
  const row = (r: number): number[] => x.slice(3 * r, 3 * r + 3);
  const limited = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
  expectClose(await program.outputs.joined.read(), Array.from({ length: rows }, (_, r) => limited(row(r)[1] + row(r)[2], 0.5) ** 2 + row(r)[0] ** 2 + row(r)[2] ** 2), { rtol: 1e-6, atol: 1e-6 });
  const expected = 4 * row(1).reduce((total, value) => total + limited(2 * value, 1) ** 2, 0);
  expect(Math.abs((await program.outputs.gathered.read())[0] - expected)).toBeLessThan(1e-5);
});
