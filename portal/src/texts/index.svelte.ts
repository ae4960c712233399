import type { Language } from '../api';
import { session } from '../api/session.svelte';
import { german, type Texts } from './de-AT';
import { english } from './en';

/** The user's language; before sign-in the browser's. */
export function language(): Language {
  if (session.user) return session.user.language;
  const wanted = navigator.languages.find((tag) => /^(de|en)\b/i.test(tag)) ?? 'de-AT';
  if (/^en/i.test(wanted)) return 'en';
  return /^de-de$/i.test(wanted) ? 'de-DE' : 'de-AT';
}

/** Every text of the portal in the reader's language. */
export function texts(): Texts {
  return language() === 'en' ? english : german;
}

/** How dates and numbers are written. */
export function locale(): string {
  return language() === 'en' ? 'en-GB' : language();
}
