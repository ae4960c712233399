import type { FieldError, LastChange, ProblemDocument } from './types';

/** The last part of a problem's `type`; `offline` and `unexpected` are what has no document. */
export type ProblemType =
  | 'bad-request'
  | 'validation'
  | 'unsupported-media-type'
  | 'unauthenticated'
  | 'invalid-credentials'
  | 'second-factor-required'
  | 'invalid-code'
  | 'second-factor-on'
  | 'second-factor-off'
  | 'too-many-attempts'
  | 'not-found'
  | 'nothing-to-resend'
  | 'not-invitable'
  | 'recruiters-only'
  | 'settings-not-available'
  | 'activity-not-released'
  | 'activity-not-available'
  | 'applicant-without-email'
  | 'version-missing'
  | 'version-conflict'
  | 'idempotency-key-reused'
  | 'link-not-valid'
  | 'unavailable'
  | 'internal'
  | 'offline'
  | 'unexpected';

/** Why a request was not done. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly status: number;
  readonly errors: FieldError[];
  readonly lastChange: LastChange | undefined;
  /** Seconds to wait before it is worth trying again. */
  readonly retryAfter: number | undefined;

  constructor(type: ProblemType, document: Partial<ProblemDocument> = {}, retryAfter?: number) {
    super(document.detail ?? type);
    this.type = type;
    this.status = document.status ?? 0;
    this.errors = document.errors ?? [];
    this.lastChange = document.lastChange;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.type === 'offline' || this.type === 'unavailable' || this.type === 'internal' || this.status >= 500;
  }
}

/** What a thrown thing is to the person in front of the screen. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('unexpected', { detail: String(error) });
}

/** Reads an answer that is no success. */
export async function readProblem(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get('Retry-After'));
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : undefined;
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
  const document: Partial<ProblemDocument> = isProblem ? await response.json().catch(() => ({})) : {};
  const slug = document.type?.split('/').pop();
  const type = (slug ?? withoutDocument(response.status)) as ProblemType;
  return new Problem(type, { status: response.status, ...document }, retryAfter);
}

/** The gateway's own answers have no problem document. */
function withoutDocument(status: number): ProblemType {
  if (status === 404) return 'not-found';
  if (status === 410) return 'link-not-valid';
  if (status === 429) return 'too-many-attempts';
  if (status >= 500) return 'unavailable';
  return 'unexpected';
}
