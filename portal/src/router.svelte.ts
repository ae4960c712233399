// Addresses lie behind `#`, so that the portal can lie in S3 without any rewriting.

/** Where the portal is: `#/applications/x?job=y` has the parts `applications`, `x` and the query `job`. */
interface Place {
  parts: string[];
  query: URLSearchParams;
  /** Changes with every navigation, also to where one is already. */
  visit: number;
}

function read(visit: number): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter((part) => part !== '');
  return { parts: parts.map(decode), query: new URLSearchParams(query), visit };
}

/** What the part stands for; if nothing does, it is taken as it is. */
export function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = $state.raw(read(0));

window.addEventListener('hashchange', () => (current = read(current.visit + 1)));

/** Where the portal is now. */
export const place = {
  get parts() {
    return current.parts;
  },
  get query() {
    return current.query;
  },
  get visit() {
    return current.visit;
  },
};

/** The address of a place, for links. */
export function address(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** Goes there; with `replace` the place left is not come back to. */
export function go(to: string, how: { replace?: boolean } = {}): void {
  if (how.replace) {
    history.replaceState(null, '', to);
    current = read(current.visit + 1);
  } else {
    location.hash = to;
  }
}
