// The API's types, made from its description. What is added here says more than the description does.

import type { components } from './schema';

type Schemas = components['schemas'];

/** The API leaves out what is not there; it writes no null where a field may be absent. */
type Given<T> = T extends (infer Item)[]
  ? Given<Item>[]
  : T extends object
    ? { [Field in keyof T]: undefined extends T[Field] ? Given<NonNullable<T[Field]>> : Given<T[Field]> }
    : T;

export type Language = Schemas['Language'];
export type UserRole = 'reader' | 'decider' | 'recruiter';
export type StatusGroup = Schemas['StatusGroup'];
export type Channel = Schemas['Channel'];
/** What an application's history has; downloads stand in the feed only. */
export type HistoryChannel = Exclude<Schemas['HistoryChannel'], 'download'>;
export type ActorKind = Schemas['ActorKind'];
export type MailState = Schemas['MailState'];
export type PhoneCallOutcome = Schemas['PhoneCallOutcome'];
export type InterviewChange = Schemas['InterviewChange'];

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type User = Given<Schemas['UserView']> & { role: UserRole };
export type SignedIn = Given<Schemas['Refreshed']> & { user: User };
export type Customer = Given<Schemas['CustomerView']>;
export type Profile = Given<Omit<Schemas['Profile'], 'customer'>> & User & { customer: Customer | null };
export type Settings = Schemas['Updated'];
export type SecondFactor = Given<Omit<Schemas['SecondFactor'], 'onSince'>> & { onSince: string | null };
export type SecondFactorOffer = Schemas['SecondFactorOffer'];
export type Applicant = Given<Schemas['ApplicantView']>;
export type Job = Given<Schemas['JobView']>;
export type Appointment = Given<Schemas['Appointment']>;
export type Booking = Given<Schemas['Booking']>;
export type Application = Given<Schemas['ApplicationView']>;
export type TemplateReference = Given<Schemas['TemplateView']>;
export type Activity = Given<Schemas['ActivityView']>;
export type ApplicationWithActivities = Given<Schemas['ApplicationWithActivities']>;
export type Status = Given<Schemas['StatusView']>;
export type RecordedEmail = Given<Schemas['RecordedEmail']>;
export type RecordedInterview = Given<Schemas['RecordedInterview']>;
export type Delivery = Given<Schemas['DeliveryView']>;
export type HistoryEntry = Given<Omit<Schemas['HistoryEntryView'], 'channel'>> & { channel: HistoryChannel };
export type Resent = Given<Schemas['Resent']>;
export type Draft = Given<Omit<Schemas['Draft'], 'templateId'>> & { templateId: string | null };
export type Email = Schemas['Email'];
export type PhoneCall = Given<Schemas['RecordPhoneCall']>;
export type NewInterview = Given<Schemas['NewInterview']>;
export type WhichInterview = { interviewId: string } | { interview: NewInterview };
export type ScheduleInterview = WhichInterview & { invitation?: Email };
export type Reschedule = Schemas['Reschedule'];
export type Interview = Given<Schemas['InterviewView']>;
export type Acted = Given<Omit<Schemas['Acted'], 'historyEntry'>> & { historyEntry: HistoryEntry };
export type InterviewChanged = Given<Schemas['Changed']>;
export type GlobalDocument = Given<Schemas['DocumentItem']> &
  Required<Pick<Schemas['DocumentItem'], 'fileName' | 'mediaType' | 'size' | 'uploadedAt'>>;
export type Download = Schemas['PresignedDownload'];
export type FieldError = Schemas['FieldError'];
export type LastChange = Given<Omit<Schemas['VisibleChange'], 'channel'>> & { channel?: HistoryChannel };
export type ProblemDocument = Given<Omit<Schemas['Problem'], 'lastChange'>> & { lastChange?: LastChange };
