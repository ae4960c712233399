import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openApplication, PASSWORD, PHONE, settled, signIn, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const RECRUITER = 'recruiter@demo.example';
const MARIA = 'decider@demo.example';

/** Checks, reads the difference and saves. */
async function saveWorkflow(page, expected) {
  await page.getByRole('button', { name: 'Prüfen und speichern' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(expected).first().waitFor();
  await dialog.getByRole('button', { name: 'Jetzt speichern' }).click();
  await page.getByText('Gespeichert.').waitFor();
}

test('what a recruiter takes away goes from the decider, and comes back when it is given again', async () => {
  const recruiter = await portal.signedIn(RECRUITER);
  const decider = await portal.signedIn(MARIA);
  await openApplication(decider, 'produktionsleitung-a03');
  await decider.getByRole('button', { name: 'Absagen', exact: true }).waitFor();

  await recruiter.getByRole('link', { name: 'Workflows' }).click();
  await recruiter.getByRole('link', { name: 'Fach- und Führungskräfte' }).click();
  const boxes = ['E-Mail', 'Telefon', 'Nur Status'].map((channel) =>
    recruiter.getByRole('checkbox', { name: `Absagen: entscheidet darf ${channel}`, exact: true }),
  );
  await boxes[0].waitFor();
  const before = await Promise.all(boxes.map((box) => box.isChecked()));
  assert.ok(before.some(Boolean));
  for (const box of boxes) await box.uncheck();
  await saveWorkflow(recruiter, /verlieren/);

  await decider.reload();
  await decider.locator('main h2#history').waitFor();
  await settled(decider);
  assert.equal(await decider.getByRole('button', { name: 'Absagen', exact: true }).count(), 0);

  for (const [index, box] of boxes.entries()) await box.setChecked(before[index]);
  await saveWorkflow(recruiter, /gewinnen/);
  await decider.reload();
  await decider.getByRole('button', { name: 'Absagen', exact: true }).waitFor();
  assert.deepEqual([...recruiter.faults, ...decider.faults], []);
});

test('who saves a workflow second keeps what they edited and takes over the first edit', async () => {
  const [first, second] = [await portal.signedIn(RECRUITER), await portal.signedIn('recruiter2@demo.example')];
  for (const page of [first, second]) {
    await page.goto('/#/workflows/betrieb');
    await page.getByRole('tab', { name: 'Status und Aktivitäten' }).click();
  }
  await second.getByLabel('Name', { exact: true }).fill('Gewerbe & Küche');
  // Nothing edited is lost by a reload.
  await second.reload();
  await second.getByText(/ist wieder da/).waitFor();
  await first.getByRole('button', { name: 'Status „Vorauswahl“ bearbeiten' }).click();
  await first.getByLabel('Name des Status').fill('In Vorauswahl');
  await saveWorkflow(first, 'Für Ansprechpartner:innen ändert sich nichts.');

  await second.getByRole('button', { name: 'Prüfen und speichern' }).click();
  await second.getByRole('button', { name: 'Jetzt speichern' }).click();
  await second.getByText('Inzwischen geändert', { exact: true }).waitFor();
  await second.getByRole('tab', { name: 'Status und Aktivitäten' }).click();
  assert.equal(await second.getByLabel('Name', { exact: true }).inputValue(), 'Gewerbe & Küche');
  await second.getByRole('heading', { name: 'In Vorauswahl' }).waitFor();
  await saveWorkflow(second, 'Für Ansprechpartner:innen ändert sich nichts.');

  await first.reload();
  await first.getByRole('heading', { name: 'Gewerbe & Küche' }).waitFor();
  await first.getByRole('tab', { name: 'Status und Aktivitäten' }).click();
  await first.getByRole('heading', { name: 'In Vorauswahl' }).waitFor();
});

test('a workflow that is not sound is refused where it is wrong', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/workflows/fachkraefte');
  await page.getByRole('tab', { name: 'Status und Aktivitäten' }).click();
  await page.getByRole('button', { name: /^Status hinzufügen.*Zusage/ }).click();
  await page.getByLabel('Name des Status').fill('Vorvertrag');
  await page.getByRole('button', { name: 'Prüfen und speichern' }).click();
  await page.getByText('So kann der Workflow nicht gespeichert werden').waitFor();
  const status = page.locator('article', { hasText: 'Vorvertrag' });
  await status.getByText('Vom ersten Status führt keine Aktivität hierher.').waitFor();

  await page.getByRole('button', { name: 'Änderungen verwerfen' }).click();
  await page.getByRole('tab', { name: 'Als Ansprechpartner:in' }).click();
  await page.getByLabel('Ansprechpartner:in', { exact: true }).selectOption({ label: 'Dr. Maria Gruber (entscheidet)' });
  await page.getByRole('button', { name: 'Ansehen' }).click();
  await page.getByText('Diese Buttons erscheinen:').waitFor();
  await page.getByRole('tabpanel').getByText('Erstgespräch vereinbaren', { exact: true }).waitFor();
});

test('a document is dropped, offered to one department, downloaded there and deleted', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/documents');
  await settled(page);
  const content = `%PDF-1.7\n${'Gespräch führen. '.repeat(20_000)}`;
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'Prüfliste Gespräch.pdf', { type: 'application/pdf' }));
    return transfer;
  }, content);
  await page.getByRole('group', { name: 'Datei hierher ziehen' }).dispatchEvent('drop', { dataTransfer: dropped });
  await page.getByText('„Prüfliste Gespräch.pdf“ ist hochgeladen.').waitFor();
  await page.getByRole('link', { name: /Prüfliste Gespräch/ }).click();
  await page.getByRole('radio', { name: 'Nur die von bestimmten Kunden' }).check();
  await page.getByRole('checkbox', { name: 'Produktion & Technik' }).check();
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert.').waitFor();

  const maria = await portal.signedIn(MARIA);
  await maria.goto('/#/documents');
  const [download] = await Promise.all([
    maria.waitForEvent('download'),
    maria.getByRole('button', { name: 'Prüfliste Gespräch herunterladen' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Prüfliste Gespräch.pdf');
  assert.equal(await readFile(await download.path(), 'utf8'), content);
  const other = await portal.signedIn('other@demo.example');
  await other.goto('/#/documents');
  await other.getByText('Interviewleitfaden für Führungskräfte').waitFor();
  assert.equal(await other.getByText('Prüfliste').count(), 0);

  await page.setInputFiles('input[type=file]', { name: 'Zweite Fassung.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 zwei') });
  await page.getByText('„Zweite Fassung.pdf“ ist hochgeladen.').waitFor();
  await page.getByText('Frühere Versionen (1)').waitFor();
  await page.setInputFiles('input[type=file]', { name: 'Programm.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
  await page.getByText('Diese Art von Datei kann nicht angeboten werden.').waitFor();

  await page.getByRole('button', { name: 'Löschen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Löschen' }).click();
  await page.getByRole('heading', { name: 'Dokumente' }).waitFor();
  await settled(page);
  assert.equal(await page.getByText('Prüfliste Gespräch').count(), 0);
  assert.deepEqual([...page.faults, ...maria.faults], []);
});

test('an upload shows how far it is, and can be cancelled', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/documents');
  await settled(page);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 });
  await page.setInputFiles('input[type=file]', { name: 'Groß.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(2_000_000, '%PDF') });
  const bar = page.getByRole('progressbar', { name: '„Groß.pdf“ wird hochgeladen' });
  await page.waitForFunction(() => document.querySelector('progress')?.value > 0);
  assert.ok(Number(await bar.getAttribute('value')) < 100);
  await page.getByRole('button', { name: 'Abbrechen' }).click();
  await page.getByText('Das Hochladen wurde abgebrochen.').waitFor();
  await settled(page);
  assert.equal(await page.getByRole('link', { name: /Groß/ }).count(), 0);
  assert.deepEqual(page.faults, []);
});

test('a recruiter begins with the history; on a phone the menu opens and closes', async () => {
  const page = await portal.signedIn(RECRUITER, { viewport: PHONE });
  await page.getByRole('heading', { name: 'History', exact: true }).waitFor();
  const opener = page.getByRole('button', { name: 'History' });
  await opener.click();
  assert.equal(await opener.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('link', { name: 'Vorlagen' }).count(), 0);
  await opener.click();
  await page.getByRole('link', { name: 'Vorlagen' }).click();
  await page.getByRole('heading', { name: 'E-Mail-Vorlagen' }).waitFor();
  await page.getByRole('button', { name: 'Vorlagen' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('a new department: its contact is invited, signs in, and is deactivated again', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/customers');
  await page.getByRole('link', { name: 'Neuer Kunde' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Lager & Übernahme');
  await page.getByLabel('Standorte').fill('Leoben, Waasenstraße 1\n\nKapfenberg');
  await page.getByRole('button', { name: 'Kunde anlegen' }).click();
  await page.getByRole('link', { name: 'Ansprechpartner:in einladen' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Jörg Öllinger');
  await page.getByLabel('E-Mail-Adresse').fill(MARIA);
  await page.getByRole('button', { name: 'Einladen' }).click();
  await page.getByText('Das ist schon vergeben.').waitFor();
  await page.getByLabel('E-Mail-Adresse').fill('joerg.oellinger@demo.example');
  await page.getByRole('button', { name: 'Einladen' }).click();
  await page.getByRole('heading', { name: 'Jörg Öllinger' }).waitFor();
  await page.getByText(/^Einladung vom .*: gesendet$/).waitFor();
  await page.getByRole('button', { name: 'Erneut einladen' }).click();
  await page.getByText('Die Einladung an joerg.oellinger@demo.example ist unterwegs.').waitFor();

  const mails = await portal.inbox('joerg.oellinger@demo.example');
  assert.equal(mails.length, 2);
  const token = /set-password#([^\s"<]+)/.exec(mails[0].text ?? mails[0].html)[1];
  const joerg = await portal.person();
  await joerg.goto(`/set-password#${token}`);
  await joerg.getByLabel('Neues Passwort').fill(PASSWORD);
  await joerg.getByRole('button', { name: 'Passwort festlegen' }).click();
  await joerg.getByRole('link', { name: 'Zur Anmeldung' }).click();
  await signIn(joerg, 'joerg.oellinger@demo.example');
  await joerg.getByText('Noch keine Bewerbungen').waitFor();

  // What this page shows is from before.
  await page.getByRole('button', { name: 'Erneut einladen' }).click();
  await page.getByText(/^Die Person hat inzwischen ein Passwort oder ist deaktiviert\./).waitFor();
  await page.reload();
  await page.getByText('kann sich anmelden', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Deaktivieren' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deaktivieren' }).click();
  await page.getByText('deaktiviert', { exact: true }).waitFor();
  await joerg.reload();
  await joerg.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('a job is made, and its contacts are chosen', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/jobs?customer=it');
  await page.getByRole('link', { name: 'Neuer Job' }).click();
  await page.getByLabel('Bezeichnung').fill('Datenbank-Verwalter:in (m/w/d)');
  await page.getByLabel('Nummer im Bewerbermanagement').fill('R-2026-101');
  await page.getByLabel('Workflow').selectOption('fachkraefte');
  await page.getByRole('checkbox', { name: /Lukáš Novák/ }).check();
  await page.getByRole('button', { name: 'Job anlegen' }).click();
  await page.getByText('Das ist schon vergeben.').waitFor();
  await page.getByLabel('Nummer im Bewerbermanagement').fill('R-2026-777');
  await page.getByRole('button', { name: 'Job anlegen' }).click();
  await page.getByRole('heading', { name: 'Datenbank-Verwalter:in (m/w/d)' }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: /Lukáš Novák/ }).isChecked(), true);
});

test('who saves a job second keeps what they edited and undoes nothing of the first edit', async () => {
  const [first, second] = [await portal.signedIn(RECRUITER), await portal.signedIn('recruiter2@demo.example')];
  for (const page of [first, second]) {
    await page.goto('/#/jobs/qualitaet');
    await page.getByLabel('Arbeitsort').waitFor();
  }
  await first.getByLabel('Arbeitsort').fill('Leoben');
  await first.getByRole('button', { name: 'Speichern' }).click();
  await first.getByText('Gespeichert.').waitFor();

  await second.getByLabel('Bezeichnung').fill('Leitung Qualität (m/w/d)');
  await second.getByRole('button', { name: 'Speichern' }).click();
  await second.getByText('Inzwischen geändert', { exact: true }).waitFor();
  assert.equal(await second.getByLabel('Arbeitsort').inputValue(), 'Leoben');
  assert.equal(await second.getByLabel('Bezeichnung').inputValue(), 'Leitung Qualität (m/w/d)');
  await second.getByRole('button', { name: 'Speichern' }).click();
  await second.getByText('Gespeichert.').waitFor();

  await first.reload();
  await first.getByRole('heading', { name: 'Leitung Qualität (m/w/d)' }).waitFor();
  assert.equal(await first.getByLabel('Arbeitsort').inputValue(), 'Leoben');
  assert.deepEqual([...first.faults, ...second.faults], []);
});

test('what cannot be is refused in German', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/workflows/betrieb');
  await page.getByRole('tab', { name: 'Status und Aktivitäten' }).click();
  await page.getByRole('button', { name: 'Workflow löschen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Löschen' }).click();
  await page.getByRole('dialog').getByText('Dem Workflow folgen noch Jobs.').waitFor();

  await page.goto('/#/customers/it');
  const languages = page.getByRole('group', { name: 'Sprachen der Bewerber:innen' });
  await languages.waitFor();
  for (const language of await languages.getByRole('checkbox').all()) await language.uncheck();
  await page.getByRole('button', { name: 'Speichern' }).click();
  await languages.getByText('Wählen Sie mindestens eine.').waitFor();
});

test('a template: placeholders are put in, an unknown one is refused at its place, the preview is filled', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/templates');
  await page.getByRole('link', { name: 'Neue Vorlage' }).click();
  await page.getByLabel('Name der Vorlage').fill('Absage mit Grüßen');
  await page.getByLabel('Betreff').fill('Ihre Bewerbung: ');
  await page.getByRole('button', { name: /^\$Job\.Title\$/ }).click();
  await page.getByRole('textbox', { name: 'Text' }).click();
  await page.getByRole('button', { name: /^\$Applicant\.LetterSalutation\$/ }).click();
  await page.keyboard.type(', vielen Dank für $Applicant.Nachname$!');
  await page.getByRole('group', { name: 'Fach- und Führungskräfte' }).getByRole('checkbox', { name: 'Absagen', exact: true }).check();
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText(/Den Platzhalter \$Applicant\.Nachname\$ gibt es nicht \(Zeile 1/).waitFor();
  await page.getByRole('button', { name: /^Zur Stelle/ }).click();
  await page.waitForFunction(() => {
    const { selectionStart, selectionEnd, value } = document.activeElement;
    return value?.slice(selectionStart, selectionEnd) === '$Applicant.Nachname$';
  });
  await page.keyboard.type('Ihr Interesse');

  // Nothing typed is lost by a reload.
  await page.reload();
  await page.getByText(/ist wieder da/).waitFor();
  await page.getByRole('button', { name: 'Vorschau' }).click();
  await page.frameLocator('iframe[title="Vorschau"]').getByText('Sehr geehrte Frau Mag. Größing-Müller, vielen Dank für Ihr Interesse!').waitFor();
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByRole('heading', { name: 'Absage mit Grüßen' }).waitFor();
  assert.equal(await page.getByLabel('Betreff').inputValue(), 'Ihre Bewerbung: $Job.Title$');
  assert.deepEqual(page.faults, []);
});

test('a template begun earlier takes over what was saved since, and keeps what is written while it is saved', async () => {
  const [first, second] = [await portal.signedIn(RECRUITER), await portal.signedIn('recruiter2@demo.example')];
  for (const page of [first, second]) {
    await page.goto('/#/templates/absageevidenz');
    await page.getByLabel('Betreff').waitFor();
  }
  await second.getByLabel('Name der Vorlage').fill('Absage, in Evidenz');
  await first.getByLabel('Betreff').fill('Wir bleiben in Kontakt');
  await first.getByRole('button', { name: 'Speichern' }).click();
  await first.getByText('Gespeichert.').waitFor();

  await second.reload();
  await second.getByText(/ist wieder da/).waitFor();
  assert.equal(await second.getByLabel('Betreff').inputValue(), 'Wir bleiben in Kontakt');
  let answer;
  const written = new Promise((resolve) => (answer = resolve));
  await second.route('**/api/mail-templates/absageevidenz', async (route) => {
    if (route.request().method() === 'PUT') await written;
    await route.continue();
  });
  await second.getByRole('button', { name: 'Speichern' }).click();
  await second.getByRole('button', { name: 'Wird gespeichert …' }).waitFor();
  await second.getByLabel('Betreff').fill('Wir bleiben gern in Kontakt');
  answer();
  await second.getByText('Gespeichert.').waitFor();
  assert.equal(await second.getByLabel('Betreff').inputValue(), 'Wir bleiben gern in Kontakt');
  await second.reload();
  await second.getByText(/ist wieder da/).waitFor();
  assert.equal(await second.getByLabel('Betreff').inputValue(), 'Wir bleiben gern in Kontakt');

  await first.reload();
  await first.getByRole('heading', { name: 'Absage, in Evidenz' }).waitFor();
  assert.equal(await first.getByLabel('Betreff').inputValue(), 'Wir bleiben in Kontakt');
  assert.deepEqual([...first.faults, ...second.faults], []);
});

test('an import names its bad rows and gives them back to be mended', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/import');
  await page
    .getByLabel('Oder hier einfügen')
    .fill('externalId;jobExternalId;firstName;lastName\nBW-E1;R-2026-101;Käthe;Größing\nBW-E2;R-0000;Jörg;"Äpfel; Birnen"\n');
  await page.getByRole('button', { name: 'Importieren' }).click();
  await page.getByText('1 Zeile wurde nicht übernommen, alle anderen schon.').waitFor();
  await page.getByText('jobExternalId: Diesen Job gibt es nicht.').first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Fehlgeschlagene Zeilen herunterladen' }).click(),
  ]);
  const mended = (await readFile(await download.path(), 'utf8')).replace('R-0000', 'R-2026-101');
  assert.equal(mended, '\uFEFFexternalId;jobExternalId;firstName;lastName\r\nBW-E2;R-2026-101;Jörg;"Äpfel; Birnen"\r\n');

  await page.getByRole('button', { name: 'Weitere importieren' }).click();
  await page.setInputFiles('input[type=file]', { name: 'nochmal.csv', mimeType: 'text/csv', buffer: Buffer.from(mended) });
  await page.getByRole('button', { name: 'Importieren' }).click();
  await page.getByText('Alle Zeilen wurden übernommen.').waitFor();
  assert.deepEqual(page.faults, []);
});

test('the history is filtered by the address, leads to the application and comes as one file', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/history');
  await settled(page);
  const all = await page.locator('main article').count();
  await page.getByLabel('Kunde').selectOption({ label: 'Gastronomie & Küche' });
  await page.getByLabel('Kanal').selectOption({ label: 'Telefon' });
  await page.waitForFunction(() => location.hash === '#/history?customer=gastronomie&channel=phone');
  await page.waitForFunction((before) => document.querySelectorAll('main article').length < before, all);
  const rows = page.locator('main article');
  await rows.first().waitFor();
  for (const text of await rows.allInnerTexts()) assert.match(text, /Gastronomie & Küche/);
  const count = await rows.count();

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Als CSV herunterladen' }).click()]);
  const csv = await readFile(await download.path(), 'utf8');
  assert.match(csv, /^\uFEFFZeit;Kunde;Job;/);
  assert.equal(csv.trimEnd().split('\r\n').length, count + 1);

  await rows.first().getByRole('link').click();
  await page.locator('main h2#history').waitFor();
  await page.goBack();
  await rows.first().waitFor();
  assert.equal(await page.getByLabel('Kanal').inputValue(), 'phone');
  assert.equal(await rows.count(), count);
  assert.deepEqual(page.faults, []);
});

test('a filter that failed is asked for again as it was chosen', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/history');
  await settled(page);
  await page.route(
    /\/api\/history\?.*customer=gastronomie/,
    (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"/problems/internal"}' }),
    { times: 1 },
  );
  await page.getByLabel('Kunde').selectOption({ label: 'Gastronomie & Küche' });
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await settled(page);
  const rows = await page.locator('main article').allInnerTexts();
  assert.ok(rows.length > 0);
  for (const text of rows) assert.match(text, /Gastronomie & Küche/);
  assert.deepEqual(page.faults, []);
});

test('who can be filtered by are the people of the customer chosen last', async () => {
  const page = await portal.signedIn(RECRUITER);
  await page.goto('/#/history');
  await settled(page);
  let answer;
  const late = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/customers/gastronomie/contacts*', async (route) => {
    await late;
    await route.continue();
  });
  await page.getByLabel('Kunde').selectOption({ label: 'Gastronomie & Küche' });
  await page.getByLabel('Kunde').selectOption({ label: 'Produktion & Technik' });
  const people = page.getByLabel('Ansprechpartner:in').locator('option');
  await people.filter({ hasText: 'Dr. Maria Gruber' }).waitFor({ state: 'attached' });
  const before = await people.allTextContents();
  answer();
  await settled(page);
  assert.deepEqual(await people.allTextContents(), before);
});

test('a file does not come once another filter is chosen or the screen is left', async () => {
  const page = await portal.signedIn(RECRUITER);
  let downloads = 0;
  page.on('download', () => (downloads += 1));
  await page.goto('/#/history');
  await settled(page);
  const ways = [
    () => page.getByLabel('Kanal').selectOption({ label: 'Telefon' }),
    () => page.locator('header nav').getByRole('link', { name: 'Jobs' }).click(),
  ];
  for (const leave of ways) {
    let answer;
    const left = new Promise((resolve) => (answer = resolve));
    await page.route('**/api/history*', async (route) => {
      if (route.request().headers()['accept'] === 'text/csv') await left;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Als CSV herunterladen' }).click();
    await page.getByRole('button', { name: /^CSV wird erstellt/ }).waitFor();
    await leave();
    answer();
    await settled(page);
    assert.equal(await page.getByText('Die CSV-Datei ist heruntergeladen.').count(), 0);
    await page.unroute('**/api/history*');
  }
  await page.goto('/#/history');
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Als CSV herunterladen' }).click()]);
  assert.equal(downloads, 1);
  assert.deepEqual(page.faults, []);
});

test('a contact reaches none of these screens', async () => {
  const page = await portal.signedIn(MARIA);
  for (const place of ['history', 'workflows', 'templates', 'customers', 'jobs', 'import']) {
    assert.equal(await page.locator('header nav').getByRole('link', { name: new RegExp(place, 'i') }).count(), 0);
    await page.goto(`/#/${place}`);
    await page.getByRole('heading', { name: 'Diese Seite gibt es nicht' }).waitFor();
  }
});
