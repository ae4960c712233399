// Wall clocks in time zones, for forms: `2027-01-14T14:00` there, whatever zone this browser is in.

/** What a clock in the zone shows then. */
export function wallClock(at: Date, zone: string): { date: string; time: string } {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
  const [date = '', time = ''] = text.split(' ');
  return { date, time };
}

/** When a clock in the zone shows that; undefined if it is no time at all. */
export function instant(date: string, time: string, zone: string): Date | undefined {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wanted)) return undefined;
  const shown = (at: number): number => {
    const clock = wallClock(new Date(at), zone);
    return Date.parse(`${clock.date}T${clock.time}:00Z`);
  };
  const guess = wanted - (shown(wanted) - wanted);
  return new Date(guess - (shown(guess) - wanted));
}

/** The zones people here are likely to mean, then all others. */
export function zones(...likely: string[]): string[] {
  const all = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([...likely, 'Europe/Vienna', 'Europe/Berlin', 'Europe/Zurich', ...all])];
}
