const MOST = 40;

/** An id that a name suggests: `Küche & Service` becomes `kueche-service`; with a number behind it if that is taken. */
export function identifier(name: string, taken: Iterable<string>): string {
  const plain = name
    .toLowerCase()
    .replace(/ä/g, 'ae')
    .replace(/ö/g, 'oe')
    .replace(/ü/g, 'ue')
    .replace(/ß/g, 'ss')
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '');
  const words = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const base = words.slice(0, MOST - 4).replace(/-+$/, '') || 'neu';
  const known = new Set(taken);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!known.has(id)) return id;
  }
}
