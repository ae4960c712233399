import type { Appointment, NewInterview } from '../api';
import { instant, wallClock } from '../zones';

/** An appointment as it is typed. */
export interface TypedAppointment {
  date: string;
  from: string;
  to: string;
  zone: string;
  location: string;
  online: string;
}

/** What the fields of an existing appointment hold. */
export function typed({ startsAt, endsAt, timeZone, location, onlineMeetingUrl }: Appointment): TypedAppointment {
  const start = wallClock(new Date(startsAt), timeZone);
  return {
    date: start.date,
    from: start.time,
    to: wallClock(new Date(endsAt), timeZone).time,
    zone: timeZone,
    location: location ?? '',
    online: onlineMeetingUrl ?? '',
  };
}

/** As the API takes it. Who ends after midnight ends on the next day. */
export function wanted({ date, from, to, zone, location, online }: TypedAppointment): Required<Pick<NewInterview, 'startsAt' | 'endsAt' | 'timeZone' | 'location' | 'onlineMeetingUrl'>> {
  const overnight = from > '18:00' && to < '06:00';
  return {
    startsAt: `${date}T${from}`,
    endsAt: `${overnight ? dayAfter(date) : date}T${to}`,
    timeZone: zone,
    location: location.trim(),
    onlineMeetingUrl: online.trim(),
  };
}

/** The appointment itself, once its fields make one. */
export function appointmentOf(fields: TypedAppointment): Appointment | undefined {
  const { startsAt, endsAt, timeZone } = wanted(fields);
  const [startDate = '', startTime = ''] = startsAt.split('T');
  const [endDate = '', endTime = ''] = endsAt.split('T');
  const start = instant(startDate, startTime, timeZone);
  const end = instant(endDate, endTime, timeZone);
  if (!start || !end || end <= start) return undefined;
  return { startsAt: start.toISOString(), endsAt: end.toISOString(), timeZone };
}

/** An hour later on the clock, within the day. */
export function anHourAfter(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours >= 23 ? '23:59' : `${String(hours + 1).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
