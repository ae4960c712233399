import { language } from '../index.svelte';
import { recruiterGerman, type RecruiterTexts } from './de-AT';
import { recruiterEnglish } from './en';

/** The texts of the recruiter's screens in the reader's language. They load with these screens. */
export function recruiterTexts(): RecruiterTexts {
  return language() === 'en' ? recruiterEnglish : recruiterGerman;
}
