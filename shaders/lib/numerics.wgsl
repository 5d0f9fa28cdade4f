// Functions that WGSL lacks, or has only in a form that loses its digits. No result depends on
// (1 + x) - 1 surviving the optimiser, nor on log near 1, where WGSL allows an absolute error of 2^-21.

const LN_2 = 0.6931471805599453;

// log(1 + x). Between -1/2 and 1: 2 atanh(s) with s = x / (2 + x), by its series in s^2 <= 1/9.
fn log1p_(x: f32) -> f32 {
  if (x < -0.5 || x > 1.0) { return log(1.0 + x); }
  let s = x / (2.0 + x);
  let z = s * s;
  return 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0
    + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z * (1.0 / 15.0))))))));
}

// exp(x) - 1. For |x| <= 1/2 its Taylor series.
fn expm1_(x: f32) -> f32 {
  if (abs(x) > 0.5) { return exp(x) - 1.0; }
  return x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0
    + x * (1.0 / 720.0 + x * (1.0 / 5040.0 + x * (1.0 / 40320.0 + x * (1.0 / 362880.0)))))))));
}

// log(1 + exp(x))
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p_(exp(-abs(x)));
}

// 1 / (1 + exp(-x))
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// log sigmoid(x)
fn logSigmoid(x: f32) -> f32 {
  return -softplus(-x);
}

// log(exp(a) + exp(b)); a = b = -infinity gives -infinity.
fn logAddExp(a: f32, b: f32) -> f32 {
  if (a == b) { return a + LN_2; }
  return max(a, b) + log1p_(exp(-abs(a - b)));
}

// Whether v is NaN or an infinity, by its bits: drivers fold v != v to false.
fn isNonFinite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) == 0x7f800000u;
}
