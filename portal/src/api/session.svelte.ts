import { Problem, readProblem } from './problem';
import type { SignedIn, User } from './types';

/** The gateway answers within 30 seconds or not at all. */
export const TIMEOUT_MILLISECONDS = 35_000;
/** A token is not used in its last seconds: it could expire on its way. */
const MARGIN_MILLISECONDS = 20_000;
/** Says that there may be a refresh cookie, which scripts cannot see. */
const HINT = 'session';
const LOCK = 'refresh-session';

type News = { kind: 'signedIn'; signedIn: SignedIn } | { kind: 'signedOut' };

interface State {
  /** Who is signed in; undefined while that is not known yet. */
  user: User | null | undefined;
  /** Whether the session ended by itself. */
  expired: boolean;
  /** Whether it was ended in another tab. */
  leftElsewhere: boolean;
}

/** Who is signed in. The access token is in memory only, here and in the other tabs. */
export const session: State = $state({ user: undefined, expired: false, leftElsewhere: false });

let token: { text: string; goodUntil: number } | undefined;
let refreshing: Promise<string> | undefined;
const tabs = new BroadcastChannel('session');

tabs.onmessage = ({ data }: MessageEvent<News>) => {
  if (data.kind === 'signedOut') {
    session.leftElsewhere = session.user != null;
    leave(false);
  }
  else if (session.user && session.user.id !== data.signedIn.user.id) location.reload();
  else enter(data.signedIn);
};

/** Somebody has signed in, here or in another tab, or their token was renewed. */
function enter(signedIn: SignedIn): void {
  token = { text: signedIn.accessToken, goodUntil: Date.now() + signedIn.expiresIn * 1000 - MARGIN_MILLISECONDS };
  session.user = signedIn.user;
  session.expired = session.leftElsewhere = false;
  localStorage.setItem(HINT, signedIn.user.id);
}

function leave(expired: boolean): void {
  // What was under way when the session ended is refused later, which is no news.
  if (expired && session.user === null) return;
  token = undefined;
  session.expired = expired && session.user != null;
  session.user = null;
  if (!session.expired) localStorage.removeItem(HINT);
}

/** At the start: goes on with the session of the cookie, if there may be one. */
export async function resume(): Promise<void> {
  if (localStorage.getItem(HINT) === null) {
    session.user = null;
    return;
  }
  await accessToken().catch((problem: unknown) => {
    session.user = null;
    if (!(problem instanceof Problem && problem.type === 'unauthenticated')) throw problem;
  });
}

/** Whoever was signed in here before, as far as this browser remembers. */
export function lastUserId(): string | null {
  return localStorage.getItem(HINT);
}

/** The code of the second factor is asked for by the problem `second-factor-required`. */
export async function signIn(email: string, password: string, code?: string): Promise<void> {
  const response = await call('/api/session', 'POST', { email, password, code });
  const signedIn = (await response.json()) as SignedIn;
  enter(signedIn);
  tabs.postMessage({ kind: 'signedIn', signedIn } satisfies News);
}

export async function signOut(): Promise<void> {
  await call('/api/session', 'DELETE');
  leave(false);
  tabs.postMessage({ kind: 'signedOut' } satisfies News);
}

/** A token that counts, renewed if need be. */
export async function accessToken(): Promise<string> {
  return token && Date.now() < token.goodUntil ? token.text : refresh(token?.text);
}

/** Another token than the refused one. All requests and all tabs share one renewal. */
export function refresh(refused?: string): Promise<string> {
  refreshing ??= navigator.locks
    .request(LOCK, async () => {
      // Another tab may have renewed it while this one waited for its turn.
      if (token && token.text !== refused && Date.now() < token.goodUntil) return token.text;
      const response = await call('/api/session/refresh', 'POST').catch((problem: unknown) => {
        if (problem instanceof Problem && problem.type === 'unauthenticated') leave(true);
        throw problem;
      });
      const signedIn = (await response.json()) as SignedIn;
      if (session.user && session.user.id !== signedIn.user.id) location.reload();
      enter(signedIn);
      tabs.postMessage({ kind: 'signedIn', signedIn } satisfies News);
      return signedIn.accessToken;
    })
    .finally(() => (refreshing = undefined));
  return refreshing;
}

async function call(path: string, method: string, body?: object): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const init: RequestInit = { method, signal, credentials: 'same-origin' };
  if (body) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const response = await fetch(path, init).catch(() => {
    throw new Problem('offline');
  });
  if (!response.ok) throw await readProblem(response);
  return response;
}
