import type { Email } from '../api';

/** A mail as text, to be copied. Parsed in a document that runs nothing and loads nothing. */
export function asText({ subject, bodyHtml }: Email): string {
  const page = new DOMParser().parseFromString(bodyHtml.replace(/<\/(p|li|h[1-3]|div)>|<br>/g, '$&\n'), 'text/html');
  return [subject, page.body.textContent ?? ''].filter((part) => part.trim() !== '').join('\n\n').trim();
}
