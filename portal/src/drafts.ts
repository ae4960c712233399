// What somebody typed and has not sent. It is kept in this browser only, until it is sent or they sign out.

import type { Channel } from './api';

const DRAFT = 'draft:';
const INTENT = 'intent:';

/** Whose text for which purpose. */
export function draftName(user: string, application: string, activity: string, channel: Channel): string {
  return [user, application, activity, channel].join(':');
}

interface Kept<T> {
  at: string;
  content: T;
}

export function keepDraft(name: string, content: unknown): void {
  write(DRAFT + name, { at: new Date().toISOString(), content });
}

export function keptDraft<T>(name: string): Kept<T> | undefined {
  return read<Kept<T>>(DRAFT + name);
}

/** It has been sent, or is not wanted any more. */
export function forgetDraft(name: string): void {
  localStorage.removeItem(DRAFT + name);
  localStorage.removeItem(INTENT + name);
}

/** Whether anybody has typed here what is not sent yet. */
export function hasDrafts(): boolean {
  return Object.keys(localStorage).some((name) => name.startsWith(DRAFT));
}

/** All of them, or all but this user's. */
export function forgetDrafts(exceptOf?: string): void {
  for (const name of Object.keys(localStorage)) {
    const isKept = [DRAFT, INTENT].some((kind) => name.startsWith(kind));
    const isTheirs = exceptOf !== undefined && name.split(':')[1] === exceptOf;
    if (isKept && !isTheirs) localStorage.removeItem(name);
  }
}

/**
 * The name under which the server carries out one intent only once. It stays the same while the same thing is asked
 * for, also after a reload, so that a second attempt after a lost answer does nothing twice.
 */
export function intentKey(name: string, content: unknown): string {
  const text = JSON.stringify(content);
  const kept = read<{ key: string; text: string }>(INTENT + name);
  if (kept?.text === text) return kept.key;
  const key = crypto.randomUUID();
  write(INTENT + name, { key, text });
  return key;
}

function read<T>(name: string): T | undefined {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not keep anybody from writing.
  }
}
