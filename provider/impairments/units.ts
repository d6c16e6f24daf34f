/** Numbers as tc and people write them. */

/** Plain decimal notation, at most six places, never an exponent. */
export function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}

export function formatRate(bits: number): string {
  for (const [unit, size] of [
    ["Gbit/s", 1e9],
    ["Mbit/s", 1e6],
    ["kbit/s", 1e3],
  ] as const) {
    if (bits >= size) return `${decimal(Math.round((bits / size) * 1000) / 1000)} ${unit}`;
  }
  return `${decimal(bits)} bit/s`;
}

/** Seconds (tc's JSON) or text such as `300ms`, in milliseconds. NaN for what is neither. */
export function milliseconds(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value * 1000;
  const match = /^([\d.]+)\s*(ns|us|ms|s)?$/.exec(String(value));
  if (match === null) return NaN;
  const scale = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 }[match[2] ?? "s"] ?? NaN;
  return Number(match[1]) * scale;
}

/** Bytes a second (tc's JSON) or text such as `10Mbit`, in bits a second. NaN for what is neither. */
export function bitsPerSecond(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value * 8;
  const match = /^([\d.]+)\s*([KMGT]?)(bit|bps)$/i.exec(String(value));
  if (match === null) return NaN;
  const scale = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }[(match[2] ?? "").toLowerCase()] ?? NaN;
  return Number(match[1]) * scale * (match[3]?.toLowerCase() === "bps" ? 8 : 1);
}

/** A fraction (tc's JSON) or text such as `10%`, as a fraction. NaN for what is neither. */
export function fraction(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const match = /^([\d.]+)%$/.exec(String(value));
  return match === null ? NaN : Number(match[1]) / 100;
}
