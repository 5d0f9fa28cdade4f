// What leapfrog.wgsl and metropolis.wgsl are told of a transition of N chains.

struct Params {
  chains: u32,
  dim: u32,
  transition: u32,
  // elements from one part of the state and of the momenta to the next
  stride: u32,
  // elements from one part of the outputs to the next
  outputStride: u32,
  leapfrogSteps: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
