import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApplication, PASSWORD, signIn, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const EMAIL = '/#/applications/produktionsleitung-a01/activities/fachkraefte.absagen/email';

async function write(page, words) {
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(words);
}

test('of two deciders one is first; the other learns who, and keeps their text', async () => {
  const [maria, sladjana] = await Promise.all([
    portal.signedIn('decider@demo.example'),
    portal.signedIn('sladjana.petrovic@traunfels.example'),
  ]);
  await maria.goto(EMAIL);
  await write(maria, ' Alles Gute wünscht Maria.');
  await sladjana.goto('/#/applications/produktionsleitung-a01/activities/fachkraefte.absagen/statusOnly');
  await sladjana.getByRole('button', { name: 'Status ändern, ohne Nachricht' }).click();
  await sladjana.getByRole('alert').getByText(/Erledigt/).waitFor();

  await maria.getByRole('button', { name: 'Jetzt senden' }).click();
  const conflict = maria.getByRole('alert');
  await conflict.getByText(/Slađana Petrović, MSc hat am .* „Absagen“ ausgeführt \(Nur Statusänderung\)\. Der Status ist jetzt „Abgesagt“\./).waitFor();
  await conflict.getByText(/Von Ihnen wurde nichts gesendet/).waitFor();
  await maria.locator('section', { has: maria.getByRole('heading', { name: 'Ihr Text' }) }).getByText(/Alles Gute wünscht Maria\./).waitFor();
  assert.deepEqual(await portal.inbox('theresa.hoelzlhammer@post.example'), []);
});

test('where it is still possible, the text stays in the editor and can be sent again', async () => {
  const [maria, sladjana] = await Promise.all([
    portal.signedIn('decider@demo.example'),
    portal.signedIn('sladjana.petrovic@traunfels.example'),
  ]);
  await maria.goto('/#/applications/produktionsleitung-a03/activities/fachkraefte.absagen/email');
  await write(maria, ' Danke!');
  await sladjana.goto('/#/applications/produktionsleitung-a03/activities/fachkraefte.absagen/phone');
  await sladjana.getByRole('radio', { name: /Nicht erreicht/ }).check();
  await sladjana.getByLabel('Was wurde besprochen?').fill('Nicht da.');
  await sladjana.getByRole('button', { name: 'Notiz speichern' }).click();
  await sladjana.getByRole('alert').waitFor();

  await maria.getByRole('button', { name: 'Jetzt senden' }).click();
  await maria.getByText(/Ihr Text ist noch da/).waitFor();
  assert.match(await maria.getByRole('textbox', { name: 'Text' }).innerText(), /Danke!/);
  await maria.getByRole('button', { name: 'Jetzt senden' }).click();
  await maria.getByRole('alert').getByText(/Erledigt: E-Mail an Jelena Marković/).waitFor();
  const [mail] = await portal.inbox('jelena.markovic@mail.example');
  assert.match(mail.text, /Danke!/);
});

test('unsent text survives a reload and an expired session, and is gone after sending', async () => {
  const page = await portal.signedIn('decider@demo.example');
  const place = '/#/applications/produktionsleitung-a04/activities/fachkraefte.absagen/email';
  await page.goto(place);
  await write(page, ' Best of luck!');
  await page.reload();
  await page.getByText(/^Ihr Text vom .* ist wieder da\./).waitFor();
  const text = page.getByRole('textbox', { name: 'Text' });
  assert.match(await text.innerText(), /Best of luck!/);

  // The session ends while the text is on the screen.
  await page.context().clearCookies();
  await page.route('**/activities/*/email', (route) =>
    route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"type":"/problems/unauthenticated"}' }),
  );
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByText(/Ihre Sitzung ist abgelaufen/).waitFor();
  await page.unroute('**/activities/*/email');
  await signIn(page, 'decider@demo.example');
  assert.match(await text.innerText(), /Best of luck!/);
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByRole('alert').getByText(/Erledigt/).waitFor();
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((name) => /^(draft|intent):/.test(name)));
  assert.deepEqual(kept, []);
});

test('signing out removes what was not sent, and ends the other tabs', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/produktionsleitung-a02/activities/fachkraefte.absagen/phone');
  await page.getByLabel('Was wurde besprochen?').fill('Halb fertig');
  const other = await page.context().newPage();
  await other.goto('/');
  await other.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
  await page.getByRole('button', { name: 'Menü von Dr. Maria Gruber' }).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await page.getByRole('dialog').getByText(/noch nicht gesendet/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Abmelden' }).click();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await other.getByText('Sie haben sich in einem anderen Fenster abgemeldet.').waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test('who signs in next in the same tab does not find the search of the one before', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.getByLabel('Nach Namen suchen').fill('holzlham');
  await page.getByText('1 Treffer').waitFor();
  await page.getByRole('button', { name: 'Menü von Dr. Maria Gruber' }).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await signIn(page, 'sladjana.petrovic@traunfels.example');
  assert.equal(await page.getByLabel('Nach Namen suchen').inputValue(), '');
});

test('tabs that open at once share the session', async () => {
  const page = await portal.signedIn('decider@demo.example');
  const tabs = await Promise.all([1, 2, 3, 4].map(() => page.context().newPage()));
  await Promise.all(tabs.map((tab) => tab.goto('/')));
  await Promise.all(tabs.map((tab) => tab.getByRole('heading', { name: 'Bewerbungen' }).waitFor()));
});

test('a new signature stands under the next mail, and the language is the one chosen', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.getByRole('button', { name: 'Menü von Dr. Maria Gruber' }).click();
  await page.getByRole('link', { name: 'Einstellungen' }).click();
  await page.getByRole('textbox', { name: 'Signatur' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Maria Gruber, jetzt auch für Wels zuständig');
  await page.getByLabel('Sprache des Portals').selectOption('en');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Saved.').waitFor();

  await page.goto('/#/applications/instandhaltung-a01/activities/betrieb.absagen/email');
  await page.frameLocator('iframe').getByText('jetzt auch für Wels zuständig').waitFor();
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('alert').getByText('Done: e-mail to Mehmet Öztürk').waitFor();
  const [mail] = await portal.inbox('mehmet.oeztuerk@mail.example');
  assert.match(mail.html, /jetzt auch für Wels zuständig/);
  assert.doesNotMatch(mail.html, /Leitung Produktion/);
  // For the tests after this one.
  await page.goto('/#/settings');
  await page.getByLabel('Language of the portal').selectOption('de-AT');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Gespeichert.').waitFor();
});

test('a password is changed, wrong ones are told beside their fields', async () => {
  const page = await portal.signedIn('other@demo.example');
  await page.goto('/#/settings');
  await page.getByLabel('Derzeitiges Passwort').fill('falsch falsch falsch');
  await page.getByLabel('Neues Passwort').fill('Ein langer Satz mit Ähren');
  await page.getByRole('button', { name: 'Passwort ändern' }).click();
  await page.getByText('Das ist nicht Ihr derzeitiges Passwort.').waitFor();
  await page.getByLabel('Derzeitiges Passwort').fill(PASSWORD);
  await page.getByRole('button', { name: 'Passwort ändern' }).click();
  await page.getByText('Ihr Passwort ist geändert.').waitFor();
  const again = await portal.person();
  await again.goto('/');
  await signIn(again, 'other@demo.example', 'Ein langer Satz mit Ähren');
});

test('a wrong password and a lost connection are told in plain words', async () => {
  const page = await portal.person();
  await page.goto('/');
  await page.getByLabel('E-Mail-Adresse').fill('decider@demo.example');
  await page.getByLabel('Passwort', { exact: true }).fill('falsch');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('alert').getByText('E-Mail-Adresse oder Passwort ist falsch.').waitFor();
  await signIn(page, 'decider@demo.example');
  await openApplication(page, 'produktionsleitung-a05');
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Alle Bewerbungen' }).click();
  await page.getByRole('alert').getByText(/^Keine Verbindung/).waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
});

test('a forgotten password is set anew by the link in the mail', async () => {
  const page = await portal.person();
  await page.goto('/');
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click();
  await page.getByLabel('E-Mail-Adresse').fill('reader@demo.example');
  await page.getByRole('button', { name: 'Link anfordern' }).click();
  await page.getByRole('heading', { name: 'Sehen Sie in Ihr Postfach' }).waitFor();
  const [mail] = await portal.inbox('reader@demo.example');
  const { pathname, hash } = new URL(/https?:\S+set-password#[\w.-]+/.exec(mail.text)[0]);
  await page.goto(pathname + hash);
  await page.getByLabel('Neues Passwort').fill('Ein langer Satz mit Ähren');
  await page.getByRole('button', { name: 'Passwort festlegen' }).click();
  await page.getByRole('link', { name: 'Zur Anmeldung' }).click();
  await signIn(page, 'reader@demo.example', 'Ein langer Satz mit Ähren');
});

test('a document comes with its own name', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.getByRole('link', { name: 'Dokumente' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /herunterladen$/ }).first().click(),
  ]);
  assert.match(download.suggestedFilename(), /\.\w{3,4}$/);
  assert.deepEqual(page.faults, []);
});

test('a download that failed is tried again as such', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.route(
    '**/api/documents/*/download',
    (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"/problems/internal"}' }),
    { times: 1 },
  );
  await page.getByRole('link', { name: 'Dokumente' }).click();
  await page.getByRole('button', { name: /herunterladen$/ }).first().click();
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Noch einmal versuchen' }).click()]);
  assert.deepEqual(page.faults, []);
});

test('a further page of documents comes once, however often it is asked for', async () => {
  const page = await portal.signedIn('decider@demo.example');
  const file = { mediaType: 'application/pdf', size: 1000, updatedAt: '2026-11-24T10:00:00Z' };
  const document = (id) => ({ id, name: `Leitfaden ${id}`, fileName: `${id}.pdf`, ...file });
  let answer;
  const twice = new Promise((resolve) => (answer = resolve));
  let asked = 0;
  await page.route('**/api/documents*', async (route) => {
    if (!route.request().url().includes('cursor=')) return route.fulfill({ json: { items: [document('eins')], nextCursor: 'eins' } });
    asked += 1;
    await twice;
    return route.fulfill({ json: { items: [document('zwei')], nextCursor: null } });
  });
  await page.getByRole('link', { name: 'Dokumente' }).click();
  await page.getByRole('button', { name: 'Weitere laden' }).dblclick();
  answer();
  await page.getByText('Leitfaden zwei').waitFor();
  assert.equal(asked, 1);
  assert.deepEqual(page.faults, []);
});

test('a template that cannot be filled takes no word; one that replaces words gives them back, also after a reload', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  await write(page, ' Eigene Worte.');
  const template = page.getByLabel('Vorlage');
  const first = await template.inputValue();
  await page.route('**/email-draft', (route) => route.abort());
  await template.selectOption({ label: 'Rejection · Englisch' });
  await page.getByRole('alert').waitFor();
  assert.equal(await template.inputValue(), first);
  assert.match(await page.getByRole('textbox', { name: 'Text' }).innerText(), /Eigene Worte/);

  await page.unroute('**/email-draft');
  await template.selectOption({ label: 'Rejection · Englisch' });
  await page.getByRole('textbox', { name: 'Text' }).getByText(/We are sorry/).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Meinen Text wiederherstellen' }).click();
  await page.getByRole('textbox', { name: 'Text' }).getByText(/Eigene Worte/).waitFor();
  assert.equal(await template.inputValue(), first);
  assert.deepEqual(page.faults, []);
});

test('trying again leaves words that came back, and fills the template that was chosen', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  await write(page, ' Eigene Worte.');
  await page.route('**/email-draft', (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').waitFor();
  await page.unroute('**/email-draft');
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.waitFor();
  assert.match(await text.innerText(), /Eigene Worte/);

  await page.route('**/email-draft', (route) => route.abort());
  await page.getByLabel('Vorlage').selectOption('rejectionbetrieb');
  await page.getByRole('alert').waitFor();
  await page.unroute('**/email-draft');
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
  await text.getByText(/We are sorry/).waitFor();
  assert.equal(await page.getByLabel('Vorlage').inputValue(), 'rejectionbetrieb');
  await page.getByRole('button', { name: 'Meinen Text wiederherstellen' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('words come back also where their template is gone', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  await write(page, ' Eigene Worte.');
  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((name) => name.startsWith('draft:'));
    const draft = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify({ ...draft, content: { ...draft.content, templateId: 'gibtesnicht' } }));
  });
  await page.reload();
  await page.getByRole('textbox', { name: 'Text' }).getByText(/Eigene Worte/).waitFor();
  assert.equal(await page.getByLabel('Vorlage').inputValue(), 'absagebetrieb');
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('words for what is no longer possible are still there, until they are discarded', async () => {
  const [page, elsewhere] = await Promise.all([portal.signedIn('decider@demo.example'), portal.signedIn('decider@demo.example')]);
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  await write(page, ' Eigene Worte.');
  await elsewhere.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/phone');
  await elsewhere.getByLabel('Was wurde besprochen?').fill('Abgesagt.');
  await elsewhere.getByRole('button', { name: 'Notiz speichern und Status ändern' }).click();
  await elsewhere.getByRole('alert').getByText(/Erledigt/).waitFor();

  await page.reload();
  await page.getByRole('heading', { name: 'Das geht hier nicht mehr' }).waitFor();
  await page.getByText(/Eigene Worte/).waitFor();
  await page.getByRole('button', { name: 'Text verwerfen' }).click();
  await page.getByText(/Eigene Worte/).waitFor({ state: 'detached' });
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('draft:')));
  assert.deepEqual(kept, []);
});

test('a choice alone is kept, too', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a02/activities/betrieb.absagen/phone');
  const notReached = page.getByRole('radio', { name: /Nicht erreicht/ });
  await notReached.check();
  await page.reload();
  await notReached.waitFor();
  assert.ok(await notReached.isChecked());
});
