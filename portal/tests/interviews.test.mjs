import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApplication, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

/** A day some days from now, as a date field takes it. */
const dayIn = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function fillAppointment(page, { day, from, to }) {
  await page.getByLabel('Tag', { exact: true }).fill(day);
  await page.getByLabel('Von', { exact: true }).fill(from);
  await page.getByLabel('Bis', { exact: true }).fill(to);
}

test('an interview is arranged, moved and cancelled, and the applicant hears of each', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await openApplication(page, 'produktionsleitung-a01');
  await page.getByRole('link', { name: 'Erstgespräch vereinbaren' }).click();
  await fillAppointment(page, { day: dayIn(7), from: '10:00', to: '11:00' });
  await page.getByRole('button', { name: /Besprechungsraum Donau/ }).click();
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.waitFor();
  assert.match(await text.innerText(), /laden Sie ein: .*10:00/s);
  await page.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await page.getByRole('alert').getByText('Erledigt: Termin vereinbart mit DI Theresa Hölzlhammer, MBA').waitFor();

  await page.getByRole('link', { name: 'Termin verschieben' }).click();
  await fillAppointment(page, { day: dayIn(9), from: '14:00', to: '15:00' });
  await page.getByRole('button', { name: 'Verschieben und alle informieren' }).click();
  await page.getByRole('alert').getByText('Erledigt: Termin verschoben').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /14:00.15:00/);

  await page.getByRole('link', { name: 'Termin absagen' }).click();
  await page.getByRole('button', { name: 'Termin absagen und informieren' }).click();
  await page.getByRole('alert').getByText('Erledigt: Termin abgesagt').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Gesprächstermine' }).count(), 0);
  const mails = await portal.inbox('theresa.hoelzlhammer@post.example');
  assert.equal(mails.length, 3);
  assert.deepEqual(page.faults, []);
});

test('a second applicant joins an existing appointment and leaves it again; times abroad are told', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/produktionsleitung-a03/activities/fachkraefte.gespraech-vereinbaren/interview');
  await fillAppointment(page, { day: dayIn(8), from: '09:00', to: '10:00' });
  await page.getByLabel('Plätze').fill('2');
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await page.getByRole('alert').getByText(/Erledigt: Termin vereinbart/).waitFor();

  await page.goto('/#/applications/produktionsleitung-a04/activities/fachkraefte.gespraech-vereinbaren/interview');
  await fillAppointment(page, { day: dayIn(8), from: '12:00', to: '13:00' });
  await page.getByText(/^Für Fiona McAllister, MEng: .*11:00.12:00.*London/).waitFor();
  await page.getByRole('radio', { name: /09:00/ }).check();
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByRole('textbox', { name: 'Text' }).waitFor();
  await page.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await page.getByRole('alert').getByText(/Erledigt: Termin vereinbart mit Fiona/).waitFor();

  await page.getByRole('link', { name: 'Termin absagen' }).click();
  await page.getByRole('radio', { name: /Nur für Fiona McAllister/ }).check();
  await page.getByRole('button', { name: 'Termin absagen und informieren' }).click();
  await page.getByRole('alert').getByText('Erledigt: Termin abgesagt').waitFor();
  await openApplication(page, 'produktionsleitung-a03');
  await page.getByRole('link', { name: 'Termin verschieben' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('what is wrong with an appointment stands beside its fields; a rejection says that it ends interviews', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/produktionsleitung-a02/activities/fachkraefte.gespraech-vereinbaren/interview');
  await page.getByText('Keine Einladung möglich').waitFor();
  await fillAppointment(page, { day: dayIn(6), from: '10:00', to: '09:00' });
  await page.getByLabel('Weitere aus Ihrer Abteilung').fill('niemand@anderswo.example');
  await page.getByRole('button', { name: 'Termin vereinbaren', exact: true }).click();
  await page.getByText('Das Ende muss nach dem Beginn liegen.').waitFor();
  await fillAppointment(page, { day: dayIn(6), from: '10:00', to: '11:00' });
  await page.getByRole('button', { name: 'Termin vereinbaren', exact: true }).click();
  await page.getByText('niemand@anderswo.example: gehört zu niemandem aus Ihrer Abteilung.').waitFor();
  await page.getByLabel('Weitere aus Ihrer Abteilung').fill('reader@demo.example');
  await page.getByRole('button', { name: 'Termin vereinbaren', exact: true }).click();
  await page.getByRole('alert').getByText(/Erledigt: Termin vereinbart/).waitFor();

  await page.getByRole('link', { name: 'Gespräch als geführt vermerken' }).click();
  await page.getByRole('button', { name: 'Status ändern, ohne Nachricht' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('link', { name: 'Nach Gespräch absagen' }).click();
  await page.getByText(/Damit wird auch der Gesprächstermin abgesagt: .*10:00/).waitFor();
});

test('the calendar shows what is planned and chooses a day; a changed appointment asks about the text', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a03/activities/betrieb.probetag-vereinbaren/interview');
  const month = page.getByRole('table');
  await month.waitFor();
  await page.getByRole('button', { name: 'Nächster Monat' }).click();
  await month.getByRole('button', { name: /, 15\. / }).click();
  const chosen = await page.getByLabel('Tag', { exact: true }).inputValue();
  assert.match(chosen, /-15$/);
  await fillAppointment(page, { day: chosen, from: '09:00', to: '10:00' });
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  const text = page.getByRole('textbox', { name: 'Text' });
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Wir freuen uns!');

  await page.getByRole('button', { name: 'Termin ändern' }).click();
  await page.getByLabel('Von', { exact: true }).fill('15:00');
  await page.getByLabel('Bis', { exact: true }).fill('16:00');
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByText(/Stimmen Tag, Uhrzeit und Ort darin noch/).waitFor();
  assert.match(await text.innerText(), /09:00.*Wir freuen uns!/s);
  await page.getByRole('button', { name: 'Text neu aus der Vorlage' }).click();
  await page.getByRole('textbox', { name: 'Text' }).getByText(/15:00/).waitFor();
  assert.equal(await page.getByText(/Stimmen Tag, Uhrzeit und Ort darin noch/).count(), 0);
  await page.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await page.getByRole('alert').getByText(/Erledigt: Termin vereinbart/).waitFor();

  await page.getByRole('link', { name: 'Termin verschieben' }).click();
  await page.getByRole('table').getByRole('button', { name: /, 15\. / }).and(page.locator('[aria-pressed=true]')).waitFor();
  assert.deepEqual(page.faults, []);
});

test('each step is where the focus is; an invitation is not sent before its template is filled', async () => {
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/instandhaltung-a01/activities/betrieb.probetag-vereinbaren/interview');
  await fillAppointment(page, { day: dayIn(11), from: '09:00', to: '10:00' });
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.locator('p:focus', { hasText: 'Schritt 2 von 2: Einladung' }).waitFor();
  await page.getByRole('button', { name: 'Termin ändern' }).click();
  await page.locator('p:focus', { hasText: 'Schritt 1 von 2: Termin' }).waitFor();
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();

  const text = page.getByRole('textbox', { name: 'Text' });
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Eins.');
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route('**/email-draft', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Text neu aus der Vorlage' }).click();
  await page.getByRole('button', { name: 'Wird geladen …' }).press('Enter');
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' Zwei.');
  answer();
  await page.getByRole('button', { name: 'Meinen Text wiederherstellen' }).click();
  await text.getByText(/Eins\. Zwei\./).waitFor();
  assert.deepEqual(await portal.inbox('mehmet.oeztuerk@mail.example'), []);
  assert.deepEqual(page.faults, []);
});

test('who wanted to join an appointment that is cancelled meanwhile can plan another', async () => {
  const [page, elsewhere] = await Promise.all([portal.signedIn('decider@demo.example'), portal.signedIn('decider@demo.example')]);
  await elsewhere.goto('/#/applications/instandhaltung-a04/activities/betrieb.neuer-probetag/interview');
  await fillAppointment(elsewhere, { day: dayIn(12), from: '07:00', to: '08:00' });
  await elsewhere.getByLabel('Plätze').fill('2');
  await elsewhere.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await elsewhere.getByRole('button', { name: 'Termin vereinbaren und einladen' }).click();
  await elsewhere.getByRole('alert').getByText(/Erledigt: Termin vereinbart/).waitFor();

  await page.goto('/#/applications/instandhaltung-a01/activities/betrieb.probetag-vereinbaren/interview');
  await page.getByRole('radio', { name: /07:00/ }).check();
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByRole('textbox', { name: 'Text' }).click();
  await page.keyboard.type('Bis bald!');
  await elsewhere.getByRole('link', { name: 'Termin absagen' }).click();
  await elsewhere.getByRole('button', { name: 'Termin absagen und informieren' }).click();
  await elsewhere.getByRole('alert').getByText('Erledigt: Termin abgesagt').waitFor();

  await page.reload();
  await page.getByText(/ist wieder da\./).waitFor();
  await fillAppointment(page, { day: dayIn(12), from: '10:00', to: '11:00' });
  await page.getByRole('button', { name: 'Weiter zur Einladung' }).click();
  await page.getByRole('textbox', { name: 'Text' }).getByText(/Bis bald!/).waitFor();
  assert.deepEqual(page.faults, []);
});

test('where the coming appointments could not be loaded, they are what is tried again', async () => {
  const page = await portal.signedIn('decider@demo.example');
  const isAgenda = /\/api\/jobs\/instandhaltung\/interviews/;
  await page.route(isAgenda, (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"/problems/internal","status":500}' }),
  );
  await page.goto('/#/applications/instandhaltung-a01/activities/betrieb.probetag-vereinbaren/interview');
  const retry = page.getByRole('button', { name: 'Noch einmal versuchen' });
  await retry.waitFor();
  await page.unroute(isAgenda);
  await Promise.all([page.waitForResponse(isAgenda), retry.click()]);
  await retry.waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.deepEqual(page.faults, []);
});
