// Times, sizes and names as the reader writes them.

import type { Appointment, StatusGroup } from './api';
import { locale, texts } from './texts/index.svelte';

const DAY_MILLISECONDS = 86_400_000;
const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale(), options);
}

/** 12. Jänner 2027 */
export function day(at: string): string {
  return formatter({ dateStyle: 'long' }).format(new Date(at));
}

/** 12. Jänner 2027 um 14:05 */
export function moment(at: string): string {
  return formatter({ dateStyle: 'long', timeStyle: 'short' }).format(new Date(at));
}

/** 14:05 */
export function clock(at: string): string {
  return formatter({ timeStyle: 'short' }).format(new Date(at));
}

/** Di., 12. Jänner 2027, 10:00–11:00 Uhr, with the city if it is another zone than the reader's. */
export function period(appointment: Appointment, zone = appointment.timeZone): string {
  const format = formatter({
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  });
  const text = format.formatRange(new Date(appointment.startsAt), new Date(appointment.endsAt));
  return zone === OWN_ZONE ? text : `${text} (${city(zone)})`;
}

/** The parts of a calendar leaf. */
export function leaf(appointment: Appointment): { weekday: string; day: string; month: string } {
  const at = new Date(appointment.startsAt);
  const timeZone = appointment.timeZone;
  return {
    weekday: formatter({ weekday: 'short', timeZone }).format(at),
    day: formatter({ day: 'numeric', timeZone }).format(at),
    month: formatter({ month: 'short', timeZone }).format(at),
  };
}

/** 10:00–11:00 Uhr */
export function hours(appointment: Appointment): string {
  const format = formatter({ hour: 'numeric', minute: '2-digit', timeZone: appointment.timeZone });
  const text = format.formatRange(new Date(appointment.startsAt), new Date(appointment.endsAt));
  return appointment.timeZone === OWN_ZONE ? text : `${text} (${city(appointment.timeZone)})`;
}

/** Vienna, of Europe/Vienna; UTC+5, of Etc/GMT-5, whose sign counts hours to the west */
export function city(zone: string): string {
  const [, sign, distance] = /^Etc\/GMT([+-])([1-9]\d?)$/.exec(zone) ?? [];
  if (sign) return `UTC${sign === '-' ? '+' : '-'}${distance}`;
  const name = zone.split('/').pop()?.replaceAll('_', ' ') ?? zone;
  return texts().cities[name] ?? name;
}

/** How many midnights ago that was. */
export function daysSince(at: string): number {
  const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);
  return Math.max(0, Math.round((midnight(new Date()) - midnight(new Date(at))) / DAY_MILLISECONDS));
}

/** In these groups it is the department that is waited for. */
export function isWaiting(group: StatusGroup): boolean {
  return group === 'proposed' || group === 'external';
}

export function fileSize(bytes: number): string {
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  const rounded = Math.max(amount, unit === 'kilobyte' ? 1 : 0);
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(rounded);
}
