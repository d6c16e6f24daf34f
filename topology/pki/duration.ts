/** Durations as text. */

/**
 * Seconds; a hundred years of 365 days. A certificate can't say a time after the year 9999 (RFC 5280, 4.1.2.5), and what is
 * to outlast a lab needs far less.
 */
export const longestDuration = 36_500 * 86_400;

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds; undefined for what is no duration such as `90d`, `12h`, `30m` or `45s`, or none at all. */
export function parseDuration(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit] ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** In the largest unit that divides it: 86400 is `1d`. */
export function formatDuration(seconds: number): string {
  const [unit, size] = Object.entries(units)
    .reverse()
    .find(([, size]) => seconds % size === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}
