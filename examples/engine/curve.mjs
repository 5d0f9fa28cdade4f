// A network of two layers learns a sine: a tape, its gradients, Adam, and a kernel of one's own, all of it WGSL that runs again and again.
import { Adam, compile, deviceTensor, gradients, gridFor, keyFromSeed, makeDispatch, mean, mlp, mlpSpecs, openDevice, Parameters, square, StepCounter, sub, submit, Tape } from "hhvaem/engine";
import { create } from "webgpu";

const gpu = await openDevice({ gpu: create([]) });
const points = 128;
const x = deviceTensor(gpu, [points, 1], Array.from({ length: points }, (_, i) => (6 * i) / points - 3));
const y = deviceTensor(gpu, [points, 1]);

// a kernel of one's own: y = sin x
const sine = await makeDispatch(gpu, {
  name: "sine",
  file: "curve.mjs",
  wgsl: `
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x >= arrayLength(&y)) { return; }
      y[id.x] = sin(x[id.x]);
    }`,
  bindings: ["read", "write"],
}, [x.storage, y.storage], gridFor(points, 64));
submit(gpu, [sine]);

// what is computed is recorded once, gradients included
const network = new Parameters(gpu, mlpSpecs("network", [1, 32, 1]));
network.initialise(keyFromSeed(1));
const tape = new Tape();
const prediction = mlp(tape, network, "network", tape.read(x));
const loss = mean(square(sub(prediction, tape.read(y))));
const names = network.names("network");
const slopes = gradients(loss, names.map((name) => tape.read(network.value(name))));

// compiled once: gradients go where Adam looks for them
const program = await compile(
  gpu,
  { loss, ...Object.fromEntries(names.map((name, i) => [name, slopes[i]])) },
  { into: Object.fromEntries(names.map((name) => [name, network.gradient(name)])) },
);
const step = await StepCounter.create(gpu);
const adam = await Adam.create(gpu, network, network.range("network"), step.tensor, { learningRate: 0.01 });
for (const until of [1, 500, 1000]) {
  for (let i = until === 1 ? 0 : until - 500; i < until; i++) submit(gpu, [program, adam, step]);
  const [error] = await program.outputs.loss.read();
  console.log(`after ${until} steps: mean squared error ${error.toFixed(5)}`);
}
console.log(`each step: ${program.dispatchCount} dispatches of the program (${program.kernels.join(", ")}), one of Adam`);
gpu.close();
