// What becomes of an edit when somebody else was faster.

import { Problem } from '../../api';

/** For `catch`: after somebody else's change loads what it is now, and lets the refusal through. */
export async function reloadAfterConflict(error: unknown, reload: () => Promise<void>): Promise<never> {
  if (error instanceof Problem && error.type === 'version-conflict') await reload();
  throw error;
}

export function sameAs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function either<T>(before: T, mine: T, theirs: T): T {
  return sameAs(before, mine) ? theirs : mine;
}

/** Field by field: what only one side changed, and where both did, mine. */
export function mergedFields<T extends object>(before: T, mine: T, theirs: T): T {
  const fields = Object.keys({ ...theirs, ...mine }) as (keyof T)[];
  return Object.fromEntries(fields.map((field) => [field, either(before[field], mine[field], theirs[field])])) as T;
}
