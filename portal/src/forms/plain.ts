import type { Email } from '../api';

/** A mail as text, to be copied. Parsed in a document that runs nothing and loads nothing. */
export function asText({ subject, bodyHtml }: Email): string {
  const page = new DOMParser().parseFromString(bodyHtml.replace(/<\/(p|li|h[1-3]|div)>|<br>/g, '$&\n'), 'text/html');
  return [subject, page.body.textContent ?? ''].filter((part) => part.trim() !== '').join('\n\n').trim();
}

/** What a form keeps has its words in one of these. */
export interface KeptWords extends Partial<Email> {
  note?: string;
  email?: Email | null;
}

/** The words that a form has kept, as text. */
export function wordsOf({ note, email, subject = '', bodyHtml = '' }: KeptWords): string {
  return note ?? asText(email ?? { subject, bodyHtml });
}
