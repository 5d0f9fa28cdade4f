// The eight schools (Rubin 1981) by Hamiltonian Monte Carlo, 64 chains at once.
import { autodiff as ad, hmc, openDevice, positive, real } from "hhvaem/sampler";
import { create } from "webgpu";

const effects = [28, 8, -3, 7, -1, 1, 18, 12];
const errors = [15, 10, 16, 11, 9, 11, 10, 18];

const gpu = await openDevice({ gpu: create([]) });
const y = ad.deviceTensor(gpu, [8], effects);
const sigma = ad.deviceTensor(gpu, [8], errors);

const result = await hmc(gpu, {
  // effects theta_j = mu + tau eta_j
  parameters: { mu: real(), tau: positive(), eta: real([8]) },
  // mu, tau [N] and eta [N, 8] of N chains -> log density [N]
  logDensity({ mu, tau, eta }) {
    const column = (x) => ad.reshape(x, [x.shape[0], 1]);
    const theta = ad.add(column(mu), ad.mul(column(tau), eta));
    const miss = ad.div(ad.sub(mu.tape.read(y), theta), mu.tape.read(sigma));
    // y_j ~ N(theta_j, sigma_j^2), eta ~ N(0, 1), mu ~ N(0, 5^2), tau ~ half Cauchy(0, 5)
    const normals = ad.mul(-0.5, ad.sum(ad.add(ad.square(miss), ad.square(eta)), 1));
    const priors = ad.add(ad.mul(-0.5 / 25, ad.square(mu)), ad.neg(ad.log1p(ad.mul(1 / 25, ad.square(tau)))));
    return ad.add(normals, priors);
  },
  chains: 64,
  draws: 500,
  targetAcceptance: 0.95,
  seed: 1,
});
console.log(result.summary());
console.log(result.diagnostics.warnings.length === 0 ? "nothing speaks against these draws" : result.diagnostics.warnings.join("\n"));
gpu.close();
