// The API's documents, as the Rust view structs in `functions/api/` and `functions/*/mod.rs` write them. To be replaced
// by types generated from the OpenAPI document: nothing outside `src/api/` declares a type of the API.

export type Language = 'de-AT' | 'de-DE' | 'en';
export type UserRole = 'reader' | 'decider' | 'recruiter';
export type StatusGroup = 'new' | 'internal' | 'proposed' | 'external' | 'accepted' | 'rejected';
export type Channel = 'email' | 'phone' | 'statusOnly' | 'interview';
export type HistoryChannel = Channel | 'import';
export type ActorKind = 'contact' | 'recruiter';
export type MailState = 'pending' | 'sending' | 'accepted' | 'delivered' | 'notDelivered' | 'unclear' | 'failed';
export type PhoneCallOutcome = 'reached' | 'voicemail' | 'notReached';
export type InterviewChange = 'arranged' | 'joined' | 'moved' | 'cancelled';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface User {
  id: string;
  name: string;
  email: string;
  role: UserRole;
  language: Language;
}

export interface SignedIn {
  accessToken: string;
  expiresIn: number;
  user: User;
}

export interface Customer {
  id: string;
  name: string;
  locations: string[];
}

export interface Profile extends User {
  customer: Customer | null;
  signature: string;
  canEditSettings: boolean;
}

export interface Settings {
  language: Language;
  signature: string;
}

export interface Applicant {
  fullName: string;
  salutation: 'ms' | 'mr' | 'none';
  title?: string;
  firstName: string;
  lastName: string;
  titleAfterName?: string;
  email?: string;
  phone?: string;
  language: Language;
  timeZone: string;
}

export interface Job {
  id: string;
  title: string;
  location?: string;
  customerId: string;
}

export interface Appointment {
  startsAt: string;
  endsAt: string;
  timeZone: string;
  location?: string;
  onlineMeetingUrl?: string;
}

export interface Booking extends Appointment {
  interviewId: string;
}

export interface Application {
  id: string;
  version: string;
  applicant: Applicant;
  job: Job;
  status: string;
  statusName: string;
  statusGroup: StatusGroup;
  statusSince: string;
  interviews?: Booking[];
  updatedAt: string;
}

export interface TemplateReference {
  id: string;
  name: string;
  language: Language;
}

export interface Activity {
  id: string;
  name: string;
  kind: 'decision' | 'interview';
  channels: Channel[];
  targetStatus: string;
  targetStatusName: string;
  rejection: boolean;
  templates: TemplateReference[];
}

export interface ApplicationWithActivities extends Application {
  activities: Activity[];
  mayArrangeInterviews: boolean;
}

export interface Status {
  id: string;
  name?: string;
}

export interface RecordedEmail {
  to: string;
  subject: string;
  bodyHtml: string;
  signatureHtml: string;
}

export interface RecordedInterview {
  interviewId: string;
  change: InterviewChange;
  before?: Appointment;
  after?: Appointment;
  email?: RecordedEmail;
}

export interface Delivery {
  recipientKind: 'applicant' | 'contact' | 'recruiter';
  recipient?: string;
  state: MailState;
  updatedAt: string;
}

export interface HistoryEntry {
  id: string;
  at: string;
  actor: { kind: ActorKind; name?: string };
  channel: HistoryChannel;
  activity?: { id: string; name: string };
  fromStatus?: Status;
  toStatus: Status;
  email?: RecordedEmail;
  phoneCall?: { outcome: PhoneCallOutcome; note: string; calledAt: string };
  import?: { created: boolean; changedFields: string[] };
  interviews?: RecordedInterview[];
  delivery?: Delivery[];
}

export interface Draft {
  to: string;
  subject: string;
  bodyHtml: string;
  bodyText: string;
  signatureHtml: string;
  language: Language;
  templateId: string | null;
  cancelsInterviews?: Booking[];
}

export interface Email {
  subject: string;
  bodyHtml: string;
}

export interface PhoneCall {
  note: string;
  calledAt?: string;
  outcome: PhoneCallOutcome;
}

/** Times as people write them, `2027-01-14T14:00`, in the zone that stands beside them. */
export interface NewInterview {
  startsAt: string;
  endsAt: string;
  timeZone: string;
  location?: string;
  onlineMeetingUrl?: string;
  attendees?: string[];
  places?: number;
}

export type WhichInterview = { interviewId: string } | { interview: NewInterview };
export type ScheduleInterview = WhichInterview & { invitation?: Email };

export interface Reschedule {
  startsAt?: string;
  endsAt?: string;
  timeZone?: string;
  location?: string;
  onlineMeetingUrl?: string;
}

export interface Interview extends Appointment {
  id: string;
  version: string;
  jobId: string;
  places: number;
  freePlaces: number;
  colleagues: string[];
  cancelled: boolean;
}

export interface Acted {
  application: Application;
  interview?: Interview;
  historyEntry: HistoryEntry;
  delivery?: { state: MailState };
}

export interface InterviewChanged {
  interview: Interview;
  delivery?: { state: MailState };
}

export interface GlobalDocument {
  id: string;
  name: string;
  language?: Language;
  /** What there is of the file; absent, for recruiters only, before the first upload is complete. */
  fileName?: string;
  mediaType?: string;
  size?: number;
  updatedAt: string;
}

export interface Download {
  url: string;
  expiresAt: string;
}

export interface FieldError {
  pointer: string;
  detail: string;
}

/** Who acted meanwhile, as far as the caller may see it. */
export interface LastChange {
  version: string;
  at: string;
  actorKind: ActorKind;
  actorName?: string;
  channel?: HistoryChannel;
  activityName?: string;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
  lastChange?: LastChange;
}
