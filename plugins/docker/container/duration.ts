/** Durations as Go writes them: `1m30s`, `500ms`. */
const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

export const isDuration = (text: string): boolean => /^(0|(\d+(\.\d+)?(h|ms|m|s|us|ns))+)$/.test(text);

export function seconds(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * (units[unit ?? "s"] ?? 0),
    0,
  );
}

export function duration(nanoseconds: number): string {
  if (nanoseconds !== 0 && nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const all = nanoseconds / 1e9;
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${all % 60}s`;
}
