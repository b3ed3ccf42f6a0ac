const DAY = 86_400;

/** Seconds as the reference documents write them: "8:33:26", and from a day on "3 days, 8:33:26". */
export function humanDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / DAY);
  const pad = (value: number) => String(value).padStart(2, '0');
  const clock = `${Math.floor((whole % DAY) / 3_600)}:${pad(Math.floor((whole % 3_600) / 60))}:${pad(whole % 60)}`;
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
}
