// The eight schools (Rubin 1981) by Hamiltonian Monte Carlo, 64 chains at once.
import { autodiff as ad, hmc, openDevice } from "hhvaem/sampler";
import { create } from "webgpu";

const effects = [28, 8, -3, 7, -1, 1, 18, 12];
const errors = [15, 10, 16, 11, 9, 11, 10, 18];

const gpu = await openDevice({ gpu: create([]) });
const y = ad.deviceTensor(gpu, [8], effects);
const sigma = ad.deviceTensor(gpu, [8], errors);

// unknowns mu, log tau and eta_j; theta_j = mu + tau eta_j. position [N, 10] -> log density [N]
function logDensity(position) {
  const { tape, shape: [chains] } = position;
  const mu = ad.slice(position, 1, 0, 1);
  const logTau = ad.slice(position, 1, 1, 2);
  const eta = ad.slice(position, 1, 2, 10);
  const theta = ad.add(mu, ad.mul(ad.exp(logTau), eta));
  const miss = ad.div(ad.sub(tape.read(y), theta), tape.read(sigma));
  // mu ~ N(0, 5^2), tau ~ half Cauchy(0, 5) with d tau = tau d log tau, eta ~ N(0, 1)
  const priorOfMu = ad.mul(-0.5 / 25, ad.square(mu));
  const priorOfTau = ad.sub(logTau, ad.log1p(ad.mul(1 / 25, ad.exp(ad.mul(2, logTau)))));
  const total = ad.add(ad.sum(ad.mul(-0.5, ad.add(ad.square(miss), ad.square(eta))), 1), ad.reshape(ad.add(priorOfMu, priorOfTau), [chains]));
  return total;
}

const names = ["mu", "log tau", ...effects.map((_, j) => `eta[${j + 1}]`)];
const result = await hmc(gpu, { logDensity, dim: 10, names, chains: 64, draws: 500, seed: 1, targetAcceptance: 0.95 });
for (const [name, { mean, standardDeviation, essBulk, rHat }] of Object.entries(result.diagnostics.parameters)) {
  console.log(`${name.padEnd(8)} mean ${mean.toFixed(2).padStart(6)}  deviation ${standardDeviation.toFixed(2).padStart(5)}  ESS ${essBulk.toFixed(0).padStart(6)}  R-hat ${rHat.toFixed(3)}`);
}
console.log(result.diagnostics.warnings.length === 0 ? "nothing speaks against these draws" : result.diagnostics.warnings.join("\n"));
gpu.close();
