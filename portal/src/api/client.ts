import { Problem, readProblem } from './problem';
import { withProgress } from './progress.svelte';
import { accessToken, refresh, TIMEOUT_MILLISECONDS } from './session.svelte';

/** How often what may be repeated is tried again by itself. */
const MOST_REPETITIONS = 2;
const LONGEST_PAUSE_SECONDS = 5;

/** What a request says besides its path. */
interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: object;
  /** What is sent instead of JSON, under its own media type. */
  file?: Blob;
  /** The wanted media type, if it is not JSON. */
  accept?: string;
  /** The version the caller has seen. */
  version?: string;
  /** The name of the intent; with it a request may be repeated without being done twice. */
  key?: string;
  /** For what needs no session. */
  anonymous?: boolean;
}

export function get<T>(path: string): Promise<T> {
  return request<T>(path, {});
}

/** Sends a request until it is answered or refused, and reads the JSON it is answered with. */
export function request<T>(path: string, options: Options): Promise<T> {
  return withProgress(untilAnswered(path, options).then(read)) as Promise<T>;
}

/** Sends a request until it is answered or refused. */
export function requestAnswer(path: string, options: Options): Promise<Response> {
  return withProgress(untilAnswered(path, options));
}

async function untilAnswered(path: string, options: Options): Promise<Response> {
  const repeatable = options.key !== undefined || (options.method ?? 'GET') === 'GET';
  for (let repetition = 0; ; repetition += 1) {
    try {
      return await once(path, options);
    } catch (error) {
      const passing = error instanceof Problem && (error.type === 'unavailable' || error.type === 'offline');
      if (!passing || !repeatable || repetition >= MOST_REPETITIONS || !navigator.onLine) throw error;
      await pause(Math.min(error.retryAfter ?? 2 ** repetition, LONGEST_PAUSE_SECONDS));
    }
  }
}

async function once(path: string, options: Options): Promise<Response> {
  if (options.anonymous) return granted(await send(path, options));
  const token = await accessToken();
  let response = await send(path, options, token);
  if (response.status === 401) response = await send(path, options, await refresh(token));
  return granted(response);
}

async function send(path: string, options: Options, token?: string): Promise<Response> {
  const headers = new Headers();
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (options.body) headers.set('Content-Type', 'application/json');
  if (options.file) headers.set('Content-Type', options.file.type);
  if (options.accept) headers.set('Accept', options.accept);
  if (options.version) headers.set('If-Match', `"${options.version}"`);
  if (options.key) headers.set('Idempotency-Key', options.key);
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const body = options.file ?? (options.body ? JSON.stringify(options.body) : null);
  try {
    return await fetch(path, { method: options.method ?? 'GET', headers, body, signal, credentials: 'same-origin' });
  } catch {
    throw new Problem('offline');
  }
}

async function granted(response: Response): Promise<Response> {
  if (!response.ok) throw await readProblem(response);
  return response;
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
