// Every operation of the API that the portal uses.

import { get, request } from './client';
import type {
  Acted,
  ApplicationWithActivities,
  Application,
  Download,
  Draft,
  Email,
  GlobalDocument,
  HistoryEntry,
  Interview,
  InterviewChanged,
  Page,
  PhoneCall,
  Profile,
  Reschedule,
  Resent,
  ScheduleInterview,
  SecondFactor,
  SecondFactorOffer,
  Settings,
  StatusGroup,
  WhichInterview,
} from './types';

export type * from './types';
export { Problem, asProblem } from './problem';

/** What each action that changes something needs besides its content. */
export interface Intent {
  key: string;
  version: string;
}

/** Which applications, and from where on. */
export interface ApplicationFilter {
  job?: string;
  statusGroup?: StatusGroup;
  cursor?: string;
  limit?: number;
}

const part = encodeURIComponent;
const activity = (application: string, id: string): string =>
  `/api/applications/${part(application)}/activities/${part(id)}`;

function query(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

export const profile = () => get<Profile>('/api/me');

export const updateSettings = (settings: Partial<Settings>) =>
  request<Settings>('/api/me', { method: 'PATCH', body: settings });

export const changePassword = (currentPassword: string, newPassword: string) =>
  request<void>('/api/me/password', { method: 'PUT', body: { currentPassword, newPassword } });

export const secondFactor = () => get<SecondFactor>('/api/me/second-factor');

/** A secret for an authenticator app, which counts once a code of it is confirmed. */
export const offerSecondFactor = () => request<SecondFactorOffer>('/api/me/second-factor', { method: 'POST', body: {} });

/** The recovery codes, which are never shown again. */
export const switchOnSecondFactor = (currentPassword: string, code: string) =>
  request<{ recoveryCodes: string[] }>('/api/me/second-factor', { method: 'PUT', body: { currentPassword, code } });

export const switchOffSecondFactor = (currentPassword: string, code: string) =>
  request<void>('/api/me/second-factor/removal', { method: 'POST', body: { currentPassword, code } });

export const requestPasswordReset = (email: string) =>
  request<void>('/api/password-resets', { method: 'POST', body: { email }, anonymous: true });

export const resetPassword = (token: string, newPassword: string) =>
  request<void>(`/api/password-resets/${part(token)}`, { method: 'PUT', body: { newPassword }, anonymous: true });

export const applications = (filter: ApplicationFilter) => get<Page<Application>>(`/api/applications${query(filter)}`);

export const application = (id: string) => get<ApplicationWithActivities>(`/api/applications/${part(id)}`);

export const history = (id: string, cursor?: string) =>
  get<Page<HistoryEntry>>(`/api/applications/${part(id)}/history${query({ cursor })}`);

/** Orders the mails of an entry once more that got lost. */
export const resendMails = (id: string, entry: string) =>
  request<Resent>(`/api/applications/${part(id)}/history/${part(entry)}/resend`, { method: 'POST', body: {} });

export const draftEmail = (id: string, activityId: string, about: { templateId?: string } & Partial<WhichInterview>) =>
  request<Draft>(`${activity(id, activityId)}/email-draft`, { method: 'POST', body: about });

export const sendEmail = (id: string, activityId: string, email: Email, intent: Intent) =>
  request<Acted>(`${activity(id, activityId)}/email`, { method: 'POST', body: email, ...intent });

export const recordPhoneCall = (id: string, activityId: string, call: PhoneCall, intent: Intent) =>
  request<Acted>(`${activity(id, activityId)}/phone-call`, { method: 'POST', body: call, ...intent });

export const changeStatus = (id: string, activityId: string, intent: Intent) =>
  request<Acted>(`${activity(id, activityId)}/status-change`, { method: 'POST', body: {}, ...intent });

export const scheduleInterview = (id: string, activityId: string, interview: ScheduleInterview, intent: Intent) =>
  request<Acted>(`${activity(id, activityId)}/interview`, { method: 'POST', body: interview, ...intent });

/** All coming appointments of a job. */
export async function comingInterviews(jobId: string): Promise<Interview[]> {
  const all: Interview[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<Interview> = await get(`/api/jobs/${part(jobId)}/interviews${query({ cursor, limit: 100 })}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

export const rescheduleInterview = (id: string, change: Reschedule, intent: Intent) =>
  request<InterviewChanged>(`/api/interviews/${part(id)}`, { method: 'PATCH', body: change, ...intent });

/** For one application, or for all without one. */
export const cancelInterview = (id: string, application: string | undefined, intent: Intent) =>
  request<InterviewChanged>(`/api/interviews/${part(id)}${query({ application })}`, { method: 'DELETE', ...intent });

export const documents = (cursor?: string) => get<Page<GlobalDocument>>(`/api/documents${query({ cursor })}`);

export const download = (id: string) => get<Download>(`/api/documents/${part(id)}/download`);
