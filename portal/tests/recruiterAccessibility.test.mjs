// Every screen of a recruiter on a phone and a desktop, light and dark: no violation of WCAG 2.2 AA, nothing wider than
// the screen, and no text that is missing in English.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, DESKTOP, picture, settled, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const SCREENS = [
  'history',
  'history?customer=it&channel=download',
  'workflows',
  'workflows/fachkraefte',
  'workflows/nirgends',
  'templates',
  'templates/einladunggespraech',
  'templates/+',
  'documents',
  'documents/kuechenhygiene',
  'customers',
  'customers/produktion',
  'customers/+',
  'customers/produktion/contacts/mariagruber',
  'customers/produktion/contacts/+',
  'jobs',
  'jobs/produktionsleitung',
  'jobs/+',
  'import',
];

test('every screen as it opens', async () => {
  const page = await portal.signedIn('recruiter@demo.example');
  for (const screen of SCREENS) {
    await page.goto(`/#/${screen}`);
    await page.locator('main h1').waitFor();
    await check(page, screen);
  }
  await page.goto('/#/history?customer=produktion');
  await picture(page, 'history', DESKTOP);
  assert.deepEqual(page.faults, []);
});

test('a workflow in each of its views, with its difference and refused', async () => {
  const page = await portal.signedIn('recruiter@demo.example');
  await page.goto('/#/workflows/fachkraefte');
  await page.getByRole('checkbox', { name: 'Absagen: entscheidet darf Telefon', exact: true }).uncheck();
  await check(page, 'unsaved');
  await picture(page, 'releases', DESKTOP);
  await page.getByRole('button', { name: 'Prüfen und speichern' }).click();
  await page.getByRole('dialog').waitFor();
  await check(page, 'difference');
  await page.keyboard.press('Escape');

  // The tabs go by arrow keys.
  await page.getByRole('tab', { name: 'Freigaben' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Status „Neu eingelangt“ bearbeiten' }).click();
  await page.getByRole('button', { name: 'Aktivität „Absagen“ bearbeiten' }).click();
  await check(page, 'editing');
  await page.getByLabel('Name der Aktivität').fill('');
  await page.getByRole('button', { name: 'Prüfen und speichern' }).click();
  await page.getByText('So kann der Workflow nicht gespeichert werden').waitFor();
  await check(page, 'refused');

  await page.getByRole('tab', { name: 'Als Ansprechpartner:in' }).click();
  await page.getByLabel('Ansprechpartner:in', { exact: true }).selectOption({ label: 'Dr. Maria Gruber (entscheidet)' });
  await page.getByRole('button', { name: 'Ansehen' }).click();
  await page.getByText('Diese Buttons erscheinen:').waitFor();
  await check(page, 'as contact');
});

test('forms that were refused, a preview, the result of an import, a question', async () => {
  const page = await portal.signedIn('recruiter@demo.example');
  await page.goto('/#/templates/einladunggespraech');
  await page.getByRole('button', { name: 'HTML' }).click();
  await page.getByRole('textbox', { name: 'Text' }).fill('<p>$Applicant.Nachname$</p>');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText(/Meinen Sie \$Applicant.LastName\$\?/).waitFor();
  await check(page, 'template refused');
  await page.getByRole('textbox', { name: 'Text' }).fill('<p>$Applicant.LastName$</p>');
  await page.getByRole('button', { name: 'Vorschau' }).click();
  await page.locator('iframe').waitFor();
  await check(page, 'preview');

  await page.goto('/#/import');
  await page.getByLabel('Oder hier einfügen').fill('externalId;jobExternalId;firstName;lastName\nBW-A1;R-0;Jörg;Äpfel\n');
  await page.getByRole('button', { name: 'Importieren' }).click();
  await page.getByRole('heading', { name: 'Ergebnis' }).waitFor();
  await check(page, 'imported');

  await page.goto('/#/customers/produktion/contacts/mariagruber');
  await page.getByRole('button', { name: 'Deaktivieren' }).click();
  await page.getByRole('dialog').waitFor();
  await check(page, 'deactivate?');
});

test('in English nothing stays German', async () => {
  const page = await portal.signedIn('recruiter@demo.example');
  await page.goto('/#/settings');
  await page.getByLabel('Sprache des Portals').selectOption('en');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Saved.').waitFor();
  for (const screen of SCREENS) {
    await page.goto(`/#/${screen}`);
    await page.locator('main h1').waitFor();
    await settled(page);
    const words = await page.locator('main').evaluate((main) => main.innerText);
    assert.doesNotMatch(words, /\b(Bitte|wählen|Speichern|Löschen|Zurück|Bearbeiten|freigegeben|entscheidet|hinzufügen|Kunde|Vorlage)\b/, screen);
  }
  assert.deepEqual(page.faults, []);
});
