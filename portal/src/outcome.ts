// What an action came to, told on the application's page right after it.

import type { Acted, InterviewChanged, MailState } from './api';
import { period } from './format';
import { texts } from './texts/index.svelte';

export interface Outcome {
  title: string;
  lines: string[];
  /** Where its mails were when it was answered. */
  delivery?: MailState;
  /** The history entry that says more. */
  entry?: string;
}

let latest: { application: string; outcome: Outcome } | undefined;

export function tell(application: string, outcome: Outcome): void {
  latest = { application, outcome };
}

/** What is to be told of the application, once. */
export function takeOutcome(application: string): Outcome | undefined {
  const outcome = latest?.application === application ? latest.outcome : undefined;
  latest = undefined;
  return outcome;
}

export function outcomeOf({ application, historyEntry, interview, delivery }: Acted): Outcome {
  const { fromStatus, toStatus, channel } = historyEntry;
  const words = texts().done;
  const moved = fromStatus !== undefined && fromStatus.id !== toStatus.id;
  const to = toStatus.name ?? application.statusName;
  const lines = [moved ? words.status(fromStatus.name ?? fromStatus.id, to) : words.statusStays(to)];
  if (interview) lines.unshift(period(interview));
  if (channel === 'statusOnly' && !delivery) lines.push(words.toldNothing);
  const isInvited = historyEntry.email ?? historyEntry.interviews?.some(({ email }) => email);
  if (channel === 'interview' && !isInvited) lines.push(words.notInvited(application.applicant.fullName));
  const title = `${words.titles[channel]} ${application.applicant.fullName}`;
  return { title, lines, entry: historyEntry.id, ...(delivery ? { delivery: delivery.state } : {}) };
}

export function outcomeOfChange(title: string, { interview, delivery }: InterviewChanged): Outcome {
  const lines = [period(interview)];
  return delivery ? { title, lines, delivery: delivery.state } : { title, lines };
}
