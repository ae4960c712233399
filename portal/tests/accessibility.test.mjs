// Every page and state on a phone and a desktop, light and dark: no violation of WCAG 2.2 AA, and nothing wider than the
// screen. The screenshots of the README are made on the way.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, openApplication, picture, settled, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const MARIA = 'decider@demo.example';
const A01 = '/#/applications/produktionsleitung-a01/activities/fachkraefte.absagen';
const dayIn = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const SMALL = { width: 390, height: 760 };
const WIDE = { width: 1280, height: 800 };

test('before the sign-in', async () => {
  const page = await portal.person();
  await page.goto('/');
  await check(page, 'sign-in');
  await page.getByLabel('E-Mail-Adresse').fill('niemand@demo.example');
  await page.getByLabel('Passwort', { exact: true }).fill('falsch');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('alert').waitFor();
  await check(page, 'sign-in refused');
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click();
  await page.getByRole('heading', { name: 'Passwort vergessen' }).waitFor();
  await check(page, 'password forgotten');
  await page.getByLabel('E-Mail-Adresse').fill('niemand@demo.example');
  await page.getByRole('button', { name: 'Link anfordern' }).click();
  await page.getByRole('heading', { name: 'Sehen Sie in Ihr Postfach' }).waitFor();
  await check(page, 'link requested');
  await page.goto('/set-password#unknown.token');
  await page.getByRole('heading', { name: 'Passwort festlegen' }).waitFor();
  await check(page, 'set password');
  await page.getByLabel('Neues Passwort').fill('Ein langer Satz mit Ähren');
  await page.getByRole('button', { name: 'Passwort festlegen' }).click();
  await page.getByRole('heading', { name: 'Dieser Link gilt nicht mehr' }).waitFor();
  await check(page, 'link not valid');
});

test('list, documents, settings, what is not there', async () => {
  const page = await portal.signedIn(MARIA);
  await check(page, 'list');
  await picture(page, 'list', WIDE);
  await picture(page, 'list-phone', SMALL);
  await page.getByRole('button', { name: 'Menü von Dr. Maria Gruber' }).click();
  await check(page, 'menu');
  await page.keyboard.press('Escape');
  await page.getByLabel('Nach Namen suchen').fill('gibtesnicht');
  await check(page, 'nothing found');
  await page.goto('/#/documents');
  await page.getByRole('heading', { name: 'Dokumente' }).waitFor();
  await check(page, 'documents');
  await page.route('**/api/documents', (route) => route.fulfill({ json: { items: [], nextCursor: null } }));
  await page.goto('/#/settings');
  await page.locator('.ProseMirror').waitFor();
  await check(page, 'settings');
  await page.goto('/#/documents');
  await page.getByText('Noch keine Dokumente').waitFor();
  await check(page, 'no documents');
  await page.goto('/#/gibtesnicht');
  await page.getByRole('heading', { name: 'Diese Seite gibt es nicht' }).waitFor();
  await check(page, 'no such page');
  await page.goto('/#/applications/koch-a01');
  await page.getByRole('heading', { name: 'Diese Bewerbung gibt es hier nicht' }).waitFor();
  await check(page, 'no such application');
  await page.route('**/api/applications/produktionsleitung-a05', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', headers: { 'Retry-After': '1' }, body: '{"type":"/problems/unavailable","status":503}' }),
  );
  await page.goto('/#/applications/produktionsleitung-a05');
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).waitFor();
  await check(page, 'busy');
});

test('an application and its channels', async () => {
  const page = await portal.signedIn(MARIA);
  await openApplication(page, 'produktionsleitung-a12');
  await check(page, 'application that is decided, with history');
  await openApplication(page, 'produktionsleitung-a01');
  await check(page, 'application');
  await picture(page, 'application', WIDE);
  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  await check(page, 'choice of channels');
  await picture(page, 'choice-phone', SMALL);
  await page.goto(`${A01}/email`);
  await page.locator('.ProseMirror').waitFor();
  await picture(page, 'email', { width: 1280, height: 1150 });
  await page.getByRole('button', { name: 'Vorschau' }).click();
  await check(page, 'e-mail with preview');
  await page.getByRole('button', { name: 'Link' }).click();
  await check(page, 'e-mail with link');
  await page.goto(`${A01}/phone`);
  await page.getByRole('heading', { name: /Telefon/ }).waitFor();
  await check(page, 'phone note');
  await page.goto(`${A01}/statusOnly`);
  await page.getByText(/erfährt davon nichts/).waitFor();
  await check(page, 'status only');
  await page.goto('/#/applications/produktionsleitung-a02/activities/fachkraefte.absagen/email');
  await page.getByText(/keine E-Mail-Adresse hinterlegt/).waitFor();
  await check(page, 'e-mail without address');
  await page.goto('/#/applications/produktionsleitung-a12/activities/fachkraefte.absagen/email');
  await page.getByRole('heading', { name: 'Das geht hier nicht mehr' }).waitFor();
  await check(page, 'no longer possible');
  await page.evaluate(() => {
    const draft = { at: '2026-11-24T10:00:00Z', content: { subject: 'Ihre Bewerbung', bodyHtml: '<p>Halb fertig</p>' } };
    localStorage.setItem('draft:mariagruber:produktionsleitung-a12:fachkraefte.absagen:email', JSON.stringify(draft));
  });
  await page.reload();
  await page.getByText('Halb fertig').waitFor();
  await check(page, 'no longer possible, with words that are kept');
});

test('an interview, what came of it, and a conflict', async () => {
  const page = await portal.signedIn(MARIA);
  const place = '/#/applications/produktionsleitung-a04/activities/fachkraefte.gespraech-vereinbaren/interview';
  await page.goto(place);
  await page.getByLabel('Tag').fill(dayIn(7));
  await page.getByLabel('Von', { exact: true }).fill('10:00');
  await page.getByLabel('Bis', { exact: true }).fill('09:00');
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByText('Das Ende muss nach dem Beginn liegen.').waitFor();
  await check(page, 'appointment with an error');
  await page.getByLabel('Bis', { exact: true }).fill('11:00');
  await page.getByRole('button', { name: /Besprechungsraum Donau/ }).click();
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.locator('.ProseMirror').waitFor();
  await check(page, 'invitation');
  await picture(page, 'invitation-phone', SMALL, 'dark');
  await page.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await page.getByRole('link', { name: /Nächste Bewerbung/ }).waitFor();
  await page.locator('article').first().waitFor();
  await check(page, 'done');
  await picture(page, 'done', WIDE);
  await page.getByText('E-Mail lesen').click();
  await check(page, 'history with a mail');
  await page.getByRole('link', { name: 'Termin verschieben' }).click();
  await page.getByRole('button', { name: /^Verschieben/ }).waitFor();
  await check(page, 'move');
  await page.goBack();
  await page.getByRole('link', { name: 'Termin absagen' }).click();
  await page.getByRole('button', { name: /^Termin absagen/ }).waitFor();
  await check(page, 'call off');

  await page.goto('/#/applications/produktionsleitung-a03/activities/fachkraefte.gespraech-vereinbaren/interview');
  await page.getByText(/10:00/).first().waitFor();
  await check(page, 'appointment with an agenda');

  await page.goto(`${A01}/phone`);
  await page.getByLabel('Was wurde besprochen?').fill('Lange gesprochen.');
  const other = await portal.signedIn('sladjana.petrovic@traunfels.example');
  await other.goto(`${A01}/statusOnly`);
  await other.getByRole('button', { name: 'Status ändern, ohne Nachricht' }).click();
  await other.getByRole('alert').waitFor();
  await page.getByRole('button', { name: /^Notiz speichern/ }).click();
  await page.getByText('Jemand war schneller').waitFor();
  await page.getByText('Lange gesprochen.').waitFor();
  await check(page, 'conflict');
});

test('a reader, a recruiter, an English user', async () => {
  const reader = await portal.signedIn('reader@demo.example');
  await openApplication(reader, 'produktionsleitung-a05');
  await check(reader, 'application of a reader');
  const recruiter = await portal.signedIn('recruiter@demo.example');
  await check(recruiter, 'list of a recruiter');
  const english = await portal.signedIn('oliver.bennett@traunfels.example');
  await check(english, 'list in English');
});

test('a rejection by keyboard alone', async () => {
  const page = await portal.signedIn(MARIA);
  await settled(page);

  /** Presses Tab until the focus is on what has that name. */
  async function tabTo(name) {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
      });
      if (name.test(found)) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  }
  await tabTo(/^Amra Hadžić/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /Amra Hadžić/ }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
  await page.goto('/#/applications/instandhaltung-a01');
  await page.getByRole('heading', { name: /Mehmet Öztürk/ }).waitFor();
  await tabTo(/^Absagen$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Absagen');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(/^E-Mail/);
  await page.keyboard.press('Enter');
  await page.locator('.ProseMirror').waitFor();
  await tabTo(/^Text$/);
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Danke!');
  await tabTo(/^Jetzt senden$/);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText(/Erledigt: E-Mail an Mehmet Öztürk/).waitFor();
  const [mail] = await portal.inbox('mehmet.oeztuerk@mail.example');
  assert.match(mail.text, /Danke!/);
});
