const MOST = 40;

/**
 * An id that a name suggests, with a number behind it if that is taken: `Küche & Service` becomes `kuecheservice`, or
 * `kueche-service` where ids may have hyphens.
 */
export function identifier(name: string, taken: Iterable<string>, hyphen: '' | '-' = ''): string {
  const plain = name
    .toLowerCase()
    .replace(/ä/g, 'ae')
    .replace(/ö/g, 'oe')
    .replace(/ü/g, 'ue')
    .replace(/ß/g, 'ss')
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '');
  const words = plain.split(/[^a-z0-9]+/).filter(Boolean).join(hyphen);
  const base = words.slice(0, MOST - 4).replace(/-$/, '') || 'neu';
  const known = new Set(taken);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}${hyphen}${number}`;
    if (!known.has(id)) return id;
  }
}
