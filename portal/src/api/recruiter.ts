// What only recruiters do. The types are those of the API's description.

import { get, request, requestAnswer } from './client';
import type { components } from './schema';
import type { Page } from './types';

type Schemas = components['schemas'];
export type Activity = Schemas['ActivityDocument'];
export type Announced = Schemas['Announced'];
export type ContactChange = Schemas['ContactChange'];
export type ContactEdit = Schemas['ContactEdit'];
export type ContactPreview = Schemas['ContactPreview'];
export type Contact = Schemas['ManagedContact'];
export type Customer = Schemas['ManagedCustomer'];
export type CustomerChange = Schemas['CustomerChange'];
export type Difference = Schemas['Difference'];
export type DocumentChange = Schemas['DocumentChange'];
export type DocumentItem = Schemas['DocumentItem'];
export type FeedApplication = Extract<Schemas['FeedSubjectView'], { entryId: string }>;
export type FeedItem = Schemas['FeedItemView'];
export type HistoryChannel = Schemas['HistoryChannel'];
export type Imported = Schemas['Imported'];
export type ImportRow = Schemas['ImportRow'];
export type InvitationState = Schemas['InvitationView'];
export type Job = Schemas['ManagedJob'];
export type JobBody = Schemas['JobBody'];
export type ManagedDocument = Schemas['DocumentView'];
export type MailTemplate = Schemas['MailTemplateView'];
export type MailTemplateDocument = Schemas['MailTemplateDocument'];
export type NewContact = Schemas['NewContact'];
export type NewCustomer = Schemas['NewCustomer'];
export type NewDocument = Schemas['NewDocument'];
export type NewUpload = Schemas['NewUpload'];
export type Placeholder = Schemas['PlaceholderView'];
export type RowResult = Schemas['RowResult'];
export type Status = Schemas['StatusDocument'];
export type TemplatePreview = Schemas['MailTemplatePreview'];
export type Upload = Schemas['Upload'];
export type Workflow = Schemas['WorkflowView'];
export type WorkflowDocument = Schemas['WorkflowDocument'];
export type WorkflowSummary = Schemas['WorkflowSummary'];

/** What of the feed is wanted. */
export interface FeedFilter {
  customer?: string;
  job?: string;
  contact?: string;
  channel?: string;
  from?: string;
  to?: string;
}

const part = encodeURIComponent;
const MOST_PER_PAGE = 100;

function query(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

/** All pages of a list that a person looks at as a whole. */
async function whole<T>(page: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    all.push(...items);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

function list<T>(path: string, filter: object = {}): Promise<T[]> {
  return whole((cursor) => get<Page<T>>(`${path}${query({ ...filter, limit: MOST_PER_PAGE, cursor })}`));
}

export const feed = (filter: FeedFilter, cursor?: string) =>
  get<Page<FeedItem>>(`/api/history${query({ ...filter, cursor })}`);

/** The feed as one file, asked for piece by piece; `progressed` hears how many pieces there are so far. */
export async function feedAsCsv(filter: FeedFilter, progressed: (pieces: number) => void, signal: AbortSignal): Promise<Blob> {
  const pieces: ArrayBuffer[] = [];
  let next: string | undefined = `/api/history${query(filter)}`;
  while (next !== undefined) {
    const answer: Response = await requestAnswer(next, { accept: 'text/csv' });
    pieces.push(await answer.arrayBuffer());
    signal.throwIfAborted();
    progressed(pieces.length);
    next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1];
  }
  return new Blob(pieces, { type: 'text/csv;charset=utf-8' });
}

export const workflows = () => list<WorkflowSummary>('/api/workflows');
export const workflow = (id: string) => get<Workflow>(`/api/workflows/${part(id)}`);
export const saveWorkflow = (id: string, body: WorkflowDocument, version?: string) =>
  request<Workflow>(`/api/workflows/${part(id)}`, { method: 'PUT', body, ...versioned(version) });
export const removeWorkflow = (id: string, version: string) =>
  request<void>(`/api/workflows/${part(id)}`, { method: 'DELETE', version });
export const workflowDifference = (id: string, body: WorkflowDocument) =>
  request<Difference>(`/api/workflows/${part(id)}/diff`, { method: 'POST', body });
export const workflowAsContact = (id: string, contact: string, status: string) =>
  get<ContactPreview>(`/api/workflows/${part(id)}/as-contact${query({ contact, status })}`);

export const mailTemplates = () => list<MailTemplate>('/api/mail-templates');
export const mailTemplate = (id: string) => get<MailTemplate>(`/api/mail-templates/${part(id)}`);
export const saveMailTemplate = (id: string, body: MailTemplateDocument, version?: string) =>
  request<MailTemplate>(`/api/mail-templates/${part(id)}`, { method: 'PUT', body, ...versioned(version) });
export const removeMailTemplate = (id: string, version: string) =>
  request<void>(`/api/mail-templates/${part(id)}`, { method: 'DELETE', version });
export const placeholders = () => get<Page<Placeholder>>('/api/mail-templates/placeholders').then(({ items }) => items);
export const previewMailTemplate = (id: string, body: Schemas['UnsavedMailTemplate']) =>
  request<TemplatePreview>(`/api/mail-templates/${part(id)}/preview`, { method: 'POST', body });

export const customers = () => list<Customer>('/api/customers');
export const customer = (id: string) => get<Customer>(`/api/customers/${part(id)}`);
export const createCustomer = (body: NewCustomer) => request<Customer>('/api/customers', { method: 'POST', body });
export const changeCustomer = (id: string, body: CustomerChange, version: string) =>
  request<Customer>(`/api/customers/${part(id)}`, { method: 'PATCH', body, version });

const contactsOf = (customer: string): string => `/api/customers/${part(customer)}/contacts`;
export const contacts = (customer: string) => list<Contact>(contactsOf(customer));
export const contact = (customer: string, id: string) => get<Contact>(`${contactsOf(customer)}/${part(id)}`);
export const createContact = (customer: string, body: NewContact) =>
  request<Contact>(contactsOf(customer), { method: 'POST', body });
export const changeContact = (customer: string, id: string, body: ContactEdit, version: string) =>
  request<Contact>(`${contactsOf(customer)}/${part(id)}`, { method: 'PATCH', body, version });
export const inviteContact = (customer: string, id: string) =>
  request<Contact>(`${contactsOf(customer)}/${part(id)}/invitation`, { method: 'POST' });

export const jobs = (filter: { customer?: string } = {}) => list<Job>('/api/jobs', filter);
export const job = (id: string) => get<Job>(`/api/jobs/${part(id)}`);
export const createJob = (body: JobBody) => request<Job>('/api/jobs', { method: 'POST', body });
export const changeJob = (id: string, body: JobBody, version: string) =>
  request<Job>(`/api/jobs/${part(id)}`, { method: 'PATCH', body, version });

export const managedDocuments = () => list<DocumentItem>('/api/documents');
export const managedDocument = (id: string) => get<ManagedDocument>(`/api/documents/${part(id)}`);
export const announceDocument = (body: NewDocument) => request<Announced>('/api/documents', { method: 'POST', body });
export const announceVersion = (id: string, body: NewUpload, version: string) =>
  request<Announced>(`/api/documents/${part(id)}/uploads`, { method: 'POST', body, version });
export const changeDocument = (id: string, body: DocumentChange, version: string) =>
  request<ManagedDocument>(`/api/documents/${part(id)}`, { method: 'PATCH', body, version });
export const removeDocument = (id: string, version: string) =>
  request<void>(`/api/documents/${part(id)}`, { method: 'DELETE', version });

export const importApplications = (file: Blob) =>
  request<Imported>('/api/applications', { method: 'POST', file });

function versioned(version: string | undefined): { version?: string } {
  return version === undefined ? {} : { version };
}
