/** A bar of progress with its share in words. */
export function Meter({ label, share }: { label: string; share: number }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return <progress class="meter" aria-label={label} max={100} value={percent} title={`${percent} %`} />;
}
