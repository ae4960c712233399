// What went wrong, in the reader's words.

import type { Problem } from './api';
import { texts } from './texts/index.svelte';

/** One sentence for the whole problem. */
export function inWords(problem: Problem): string {
  const words = texts().problems;
  switch (problem.type) {
    case 'validation':
      return formError(problem) ?? words.checkFields;
    case 'offline':
      return words.offline;
    case 'unavailable':
    case 'internal':
      return words.unavailable;
    case 'too-many-attempts':
      return words.tooMany(problem.retryAfter ?? 30);
    case 'not-found':
      return words.notFound;
    case 'activity-not-released':
    case 'recruiters-only':
    case 'settings-not-available':
      return words.forbidden;
    case 'activity-not-available':
      return words.notAvailable;
    case 'applicant-without-email':
      return texts().email.without;
    case 'idempotency-key-reused':
      return words.alreadyAsked;
    case 'nothing-to-resend':
      return words.nothingToResend;
    case 'not-invitable':
      return words.notInvitable;
    case 'second-factor-off':
      return texts().secondFactor.timeOver;
    case 'version-conflict':
      return texts().conflict.unknown;
    default:
      return words.unexpected;
  }
}

/** What is wrong with the field of that JSON pointer. */
export function fieldError(problem: Problem | undefined, pointer: string): string | undefined {
  const error = problem?.errors.find((error) => error.pointer === pointer);
  return error && translate(error.detail);
}

/** What is wrong with the items of that list, each named by its own text. */
export function listError(problem: Problem | undefined, pointer: string, items: string[]): string | undefined {
  const errors = problem?.errors.filter((error) => error.pointer.startsWith(`${pointer}/`)) ?? [];
  const named = errors.map((error) => {
    const item = items[Number(error.pointer.split('/').pop())] ?? '';
    return `${item}: ${translate(error.detail)}`;
  });
  return fieldError(problem, pointer) ?? (named.length > 0 ? named.join(' ') : undefined);
}

/** What is wrong with the whole. */
function formError(problem: Problem): string | undefined {
  const errors = problem.errors.filter((error) => ['', '/interviewId'].includes(error.pointer));
  return errors.length > 0 ? errors.map((error) => translate(error.detail)).join(' ') : undefined;
}

function translate(detail: string): string {
  for (const [pattern, words] of texts().fieldErrors) {
    const match = pattern.exec(detail);
    if (match) return words.replace(/\$(\d)/g, (_, index: string) => match[Number(index)] ?? '');
  }
  return detail;
}
