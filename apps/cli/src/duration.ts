const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `7d` in seconds; null for what is no time. */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^([1-9]\d{0,7})([smhd])$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * units[unit!.toLowerCase()]!;
}
