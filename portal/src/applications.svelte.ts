// The list of applications, kept while one is looked at so that coming back to it takes no time.

import { applications, type Application, type Page } from './api';
import { session } from './api/session.svelte';

const PAGE = 100;
/** A department has no more; a recruiter asks for each further page. */
const MOST_PAGES_AT_ONCE = 20;

interface Kept {
  of: string;
  items: Application[];
  next: string | null;
}

let kept = $state.raw<Kept>();

/** What has been loaded so far for whoever is signed in. */
export function keptApplications(): Kept | undefined {
  return kept?.of === session.user?.id ? kept : undefined;
}

/** Loads it anew, page after page. */
export async function loadApplications(): Promise<void> {
  const of = session.user?.id;
  const isKept = keptApplications() !== undefined;
  let items: Application[] = [];
  let next: string | null = null;
  for (let page = 0; page < MOST_PAGES_AT_ONCE; page += 1) {
    ({ items, next } = join(items, await applications(from(next))));
    // What is shown already is replaced once the new one is complete, so that nothing jumps.
    if (!isKept) keep(of, items, next);
    if (next === null || session.user?.role === 'recruiter') break;
  }
  keep(of, items, next);
}

/** One more page. */
export async function loadMoreApplications(): Promise<void> {
  const before = keptApplications();
  if (!before?.next) return;
  const { items, next } = join(before.items, await applications(from(before.next)));
  keep(before.of, items, next);
}

/** What waits longest for this user's decision besides this application: in its own job, or else anywhere. */
export async function nextWaiting(after: Application): Promise<Application | undefined> {
  const lists = [{ job: after.job.id, limit: 25 }, { limit: 100 }];
  for (const list of lists) {
    const page = await applications({ ...list, statusGroup: 'proposed' });
    const other = page.items.find(({ id, mayAct }) => id !== after.id && mayAct);
    if (other) return other;
  }
  return undefined;
}

function from(cursor: string | null): { limit: number; cursor?: string } {
  return cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
}

/** An application that moved while the pages were read is there once. */
function join(items: Application[], page: Page<Application>): { items: Application[]; next: string | null } {
  const known = new Set(items.map(({ id }) => id));
  return { items: [...items, ...page.items.filter(({ id }) => !known.has(id))], next: page.nextCursor };
}

/** Nothing of it is for whoever has signed in since. */
function keep(of: string | undefined, items: Application[], next: string | null): void {
  if (of !== undefined && of === session.user?.id) kept = { of, items, next };
}
