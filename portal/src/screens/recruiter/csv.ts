/** The text of a CSV file: UTF-8, or what Excel on Windows writes. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The records of a CSV file as they stand in it, the header first. A line break between quotes ends none. */
export function records(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  let quoted = false;
  for (let place = 0; place <= text.length; place += 1) {
    const letter = text[place];
    if (letter === '"') quoted = !quoted;
    else if (letter === undefined || (letter === '\n' && !quoted)) {
      const record = text.slice(start, place).replace(/\r$/, '');
      if (record !== '') found.push(record);
      start = place + 1;
    }
  }
  return found;
}
