import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApplication, settled, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

test('a rejection by e-mail: template, own words, preview, sent at once', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.getByRole('link', { name: /Theresa Hölzlhammer/ }).click();
  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: /^E-Mail/ }).click();

  await page.getByText('<theresa.hoelzlhammer@post.example>').waitFor();
  const text = page.getByRole('textbox', { name: 'Text' });
  assert.match(await text.innerText(), /Sehr geehrte Frau DI Hölzlhammer,/);
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Ihr Lebenslauf hat uns ');
  await page.getByRole('button', { name: 'Fett' }).click();
  await page.keyboard.type('beeindruckt');

  await page.getByRole('button', { name: 'Vorschau' }).click();
  const preview = page.frameLocator('iframe[title="Vorschau"]');
  await preview.locator('strong', { hasText: 'beeindruckt' }).waitFor();
  await preview.getByText('Leitung Produktion & Technik').waitFor();

  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  const done = page.getByRole('alert');
  await done.getByText('Erledigt: E-Mail an DI Theresa Hölzlhammer, MBA').waitFor();
  await done.getByText('Status: „Ihre Entscheidung offen“ → „Abgesagt“').waitFor();
  // Without a reload the page follows the mail to its end, in the notice and in the history.
  await done.getByRole('listitem').filter({ hasText: /theresa.hoelzlhammer@post.example\): zugestellt/ }).waitFor();
  await page.locator('article', { hasText: 'Absagen' }).getByText('zugestellt').waitFor();

  const [mail, ...others] = await portal.inbox('theresa.hoelzlhammer@post.example');
  assert.equal(others.length, 0);
  assert.equal(mail.subject, 'Ihre Bewerbung als Produktionsleitung (m/w/d)');
  assert.match(mail.html, /Ihr Lebenslauf hat uns <strong>beeindruckt<\/strong>/);

  await done.getByRole('link', { name: /Nächste Bewerbung: Ing. Josef Wögerbauer/ }).click();
  await page.getByRole('heading', { name: 'Ing. Josef Wögerbauer' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('who has no e-mail address is called; nobody reached leaves the status', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await openApplication(page, 'produktionsleitung-a02');
  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  const choice = page.getByRole('dialog');
  await choice.getByText('Nicht möglich: Es ist keine E-Mail-Adresse hinterlegt.').waitFor();
  assert.equal(await choice.getByRole('link', { name: /^E-Mail/ }).count(), 0);
  await choice.getByRole('link', { name: /^Telefon/ }).click();

  await page.getByRole('radio', { name: /Nicht erreicht/ }).check();
  await page.getByLabel('Was wurde besprochen?').fill('Niemand hebt ab.');
  await page.getByRole('button', { name: 'Notiz speichern', exact: true }).click();
  await page.getByRole('alert').getByText('Der Status bleibt „Ihre Entscheidung offen“.').waitFor();

  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: /^Telefon/ }).click();
  await page.getByLabel('Was wurde besprochen?').fill('Hat es gut aufgenommen.');
  await page.getByRole('button', { name: 'Notiz speichern und Status ändern' }).click();
  await page.getByRole('alert').getByText('Erledigt: Telefonnotiz zu Ing. Josef Wögerbauer').waitFor();
  await page.getByText('Hat es gut aufgenommen.').waitFor();
  await page.getByText('Niemand hebt ab.').waitFor();
  assert.deepEqual(page.faults, []);
});

test('by status alone the applicant is told nothing, and the page says so', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await openApplication(page, 'produktionsleitung-a03');
  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  await page.getByRole('dialog').getByRole('link', { name: /^Nur Statusänderung/ }).click();
  await page.getByText('Jelena Marković, BSc erfährt davon nichts: Es wird keine E-Mail gesendet.').waitFor();
  const submit = page.getByRole('button', { name: 'Status ändern, ohne Nachricht' });
  let asked = 0;
  page.on('request', (request) => (asked += request.url().endsWith('/status-change') ? 1 : 0));
  await submit.dblclick();
  await page.getByRole('alert').getByText('Die Person wurde nicht benachrichtigt.').waitFor();
  assert.equal(asked, 1);
  assert.deepEqual(await portal.inbox('jelena.markovic@mail.example'), []);
});

test('a lost answer is asked for again under the same name, and one mail leaves', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/produktionsleitung-a04/activities/fachkraefte.absagen/email');
  await page.locator('.ProseMirror').waitFor();
  const keys = [];
  await page.route('**/activities/*/email', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByRole('alert').getByText(/Erledigt: E-Mail an Fiona McAllister/).waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal((await portal.inbox('fiona.mcallister@inbox.example')).length, 1);
});

test('of two templates chosen one right after the other the later one counts', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.click();
  await page.keyboard.type('Eigene Worte.');
  let answer;
  const late = new Promise((resolve) => (answer = resolve));
  await page.route('**/email-draft', async (route) => {
    if (route.request().postDataJSON().templateId === 'rejectionbetrieb') await late;
    await route.continue();
  });
  const template = page.getByLabel('Vorlage');
  await template.selectOption('rejectionbetrieb');
  await template.selectOption('absagebetrieb');
  await page.getByText('Ihr Text wurde durch die Vorlage ersetzt.').waitFor();
  answer();
  await settled(page);
  assert.match(await text.innerText(), /Wir können Ihnen diese Stelle leider nicht anbieten/);
  assert.equal(await template.inputValue(), 'absagebetrieb');
});

test('while a template is filled nothing is sent, and words written meanwhile come back', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.absagen/email');
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.waitFor();
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route('**/email-draft', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel('Vorlage').selectOption('rejectionbetrieb');
  await page.getByLabel('Betreff').press('Enter');
  await page.getByRole('button', { name: 'Wird geladen …' }).press('Enter');
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Noch schnell ein Wort.');
  answer();
  await text.getByText(/We are sorry/).waitFor();
  assert.deepEqual(await portal.inbox('magdalena.wiesniak@mail.example'), []);

  await page.getByRole('button', { name: 'Meinen Text wiederherstellen' }).click();
  await text.getByText(/Noch schnell ein Wort\./).waitFor();
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByRole('alert').getByText(/Erledigt: E-Mail an Magdalena Wieśniak/).waitFor();
  const [mail] = await portal.inbox('magdalena.wiesniak@mail.example');
  assert.match(mail.text, /Noch schnell ein Wort\./);
  assert.deepEqual(page.faults, []);
});

test('a call that lies in the future is refused beside its time', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a02/activities/betrieb.absagen/phone');
  await page.getByLabel('Was wurde besprochen?').fill('Nicht der Richtige.');
  const time = page.getByLabel('Wann war der Anruf?');
  const opened = await time.inputValue();
  await time.fill(new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 16));
  await page.getByRole('button', { name: 'Notiz speichern und Status ändern' }).click();
  await page.locator('.field', { has: time }).getByText('Der Anruf kann nicht in der Zukunft liegen.').waitFor();
  await time.fill(opened);
  await page.getByRole('button', { name: 'Notiz speichern und Status ändern' }).click();
  await page.getByRole('alert').getByText(/Erledigt: Telefonnotiz/).waitFor();
});

test('what is wrong with a field stands beside it', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a01/activities/betrieb.absagen/email');
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByRole('alert').getByText('Bitte prüfen Sie die markierten Angaben.').waitFor();
  await page.locator('.field', { has: page.locator('.ProseMirror') }).getByText('Bitte ausfüllen.').waitFor();
  assert.deepEqual(await portal.inbox('mehmet.oeztuerk@mail.example'), []);
});

test('a reader sees applications and their history, and no buttons', async () => {
  const page = await portal.signedIn('reader@demo.example');
  await openApplication(page, 'produktionsleitung-a05');
  await page.getByText('Sie lesen bei dieser Bewerbung mit.').waitFor();
  assert.equal(await page.locator('main').getByRole('button').count(), 0);
  await page.goto('/#/applications/produktionsleitung-a05/activities/fachkraefte.absagen/email');
  await page.getByRole('heading', { name: 'Das geht hier nicht mehr' }).waitFor();
  await page.goto('/#/settings');
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Sprache und Signatur' }).count(), 0);
});

test('another department is not there', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/koch-a01');
  await page.getByRole('heading', { name: 'Diese Bewerbung gibt es hier nicht' }).waitFor();
});

test('an English user reads English', async () => {
  const page = await portal.signedIn('oliver.bennett@traunfels.example');
  await page.getByRole('heading', { name: 'Applications' }).waitFor();
  await settled(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  const text = await page.locator('body').innerText();
  assert.doesNotMatch(text, /Bewerbung|wartet|Abmelden/);
  await page.getByRole('link', { name: /waiting/ }).first().click();
  await page.getByRole('heading', { name: 'What would you like to do?' }).waitFor();
});

test('a recruiter has the list, page after page', async () => {
  const page = await portal.signedIn('recruiter@demo.example');
  await page.getByRole('link', { name: 'Bewerbungen' }).click();
  const rows = page.locator('a.row');
  await rows.first().waitFor();
  const before = await rows.count();
  await page.getByRole('button', { name: 'Weitere laden' }).click();
  await page.waitForFunction((count) => document.querySelectorAll('a.row').length > count, before);
  await page.reload();
  await rows.first().waitFor();
  await page.getByLabel('Nach Namen suchen').fill('McAllister');
  await page.getByRole('button', { name: 'Weitersuchen' }).click();
  await rows.getByText(/McAllister/).waitFor();
});

test('search finds names without their accents', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.getByLabel('Nach Namen suchen').fill('holzlham');
  await page.getByRole('link', { name: /Hölzlhammer/ }).waitFor();
  await page.getByText('1 Treffer').waitFor();
  await page.getByLabel('Nach Namen suchen').fill('gibtesnicht');
  await page.getByText('Keine Bewerbung passt zu „gibtesnicht“.').waitFor();
});

test('a refusal by the recipient is told without a reload, and a person can send the mail once more', async () => {
  const recruiter = await portal.signedIn('recruiter@demo.example');
  await recruiter.goto('/#/import');
  await recruiter
    .getByLabel('Oder hier einfügen')
    .fill('externalId;jobExternalId;firstName;lastName;email;status\nBW-B1;R-2026-101;Käthe;Größing;bounce@simulator.example;vorgeschlagen\n');
  await recruiter.getByRole('button', { name: 'Importieren' }).click();
  await recruiter.getByText('Alle Zeilen wurden übernommen.').waitFor();

  const page = await portal.signedIn('decider@demo.example');
  await page.getByLabel('Nach Namen suchen').fill('Käthe');
  await page.getByRole('link', { name: /Käthe Größing/ }).click();
  await page.getByRole('button', { name: 'Absagen', exact: true }).click();
  await page.getByRole('link', { name: /E-Mail/ }).click();
  await page.getByRole('textbox', { name: 'Text' }).waitFor();
  await page.getByRole('button', { name: 'Jetzt senden' }).click();
  await page.getByRole('alert').getByText('nicht zugestellt').waitFor();

  const before = await portal.inbox('bounce@simulator.example');
  await page.getByRole('button', { name: 'Erneut senden' }).click();
  await page.getByRole('dialog').getByText(/Sie wird unverändert an dieselbe Adresse gesendet/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Noch einmal senden' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('main :focus').waitFor();
  const after = await portal.inbox('bounce@simulator.example');
  assert.equal(after.length, before.length + 1);
  assert.equal(after[0].html, after[1].html);
  assert.deepEqual(page.faults, []);
});
