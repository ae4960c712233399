import { Problem } from '../../api';

/** For `catch`: after somebody else's change loads what it is now, and lets the refusal through. */
export async function reloadAfterConflict(error: unknown, reload: () => Promise<void>): Promise<never> {
  if (error instanceof Problem && error.type === 'version-conflict') await reload();
  throw error;
}
