// The random numbers of Hamiltonian Monte Carlo, the same in every kernel that runs it, so that one key gives one
// chain. A transition of a chain owns pairs + 1 counters, pairs = ceil(dim / 2):
//   (chain, transition * (pairs + 1) + slot)
// slot j < pairs holds the momenta of dimensions 2j and 2j + 1, slot `pairs` the Metropolis test.
// Needs random.wgsl. src/sampler/random-addresses.ts is the same on the host.

fn hmcPairs(dim: u32) -> u32 {
  return (dim + 1u) / 2u;
}

// Momenta of the dimensions 2 pair and 2 pair + 1.
fn momentumPair(key: vec2u, chain: u32, transition: u32, pair: u32, dim: u32) -> vec2f {
  return standardNormalPair(key, vec2u(chain, transition * (hmcPairs(dim) + 1u) + pair));
}

// The log of the uniform number that the Metropolis test compares with -dH.
fn logAcceptUniform(key: vec2u, chain: u32, transition: u32, dim: u32) -> f32 {
  let pairs = hmcPairs(dim);
  return -standardExponential(threefry2x32(key, vec2u(chain, transition * (pairs + 1u) + pairs)).x);
}
