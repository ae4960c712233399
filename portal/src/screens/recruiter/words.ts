// What the API says of a recruiter's fields, in the reader's words.

import type { Problem } from '../../api';
import { inWords } from '../../errors';
import { recruiterTexts } from '../../texts/recruiter';

/** What is wrong at that JSON pointer; with `within` also what is wrong below it. */
export function wrongAt(problem: Problem | undefined, pointer: string, within = false): string | undefined {
  const found = problem?.errors.filter((error) => error.pointer === pointer || (within && error.pointer.startsWith(`${pointer}/`)));
  return found?.length ? [...new Set(found.map(({ detail }) => translated(detail)))].join(' ') : undefined;
}

/** The whole problem, with what belongs to no field. */
export function problemInWords(problem: Problem): string {
  if (problem.type === 'validation') return wrongAt(problem, '') ?? inWords(problem);
  if (problem.type === 'version-conflict') return recruiterTexts().conflict.text;
  return inWords(problem);
}

export function translated(detail: string): string {
  for (const [pattern, words] of recruiterTexts().fieldErrors) {
    const match = pattern.exec(detail);
    if (match) return words.replace(/\$(\d)/g, (_, index: string) => match[Number(index)] ?? '');
  }
  return detail;
}
