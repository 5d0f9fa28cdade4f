/** Where a condition changes between two places at which it differs, by halving: from the side of `a`, to 2^-40 of the way. */
export function changePoint(holds: (x: number) => boolean, a: number, b: number): number {
  const atA = holds(a);
  let [near, far] = [a, b];
  for (let i = 0; i < 40; i++) {
    const middle = near + (far - near) / 2;
    if (holds(middle) === atA) near = middle;
    else far = middle;
  }
  return far;
}
