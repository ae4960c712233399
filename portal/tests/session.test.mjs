// Sessions that are renewed, that end and that get no answer, and the way to another password.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, settled, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const MARIA = 'decider@demo.example';
const UNAUTHENTICATED = { status: 401, contentType: 'application/problem+json', body: '{"type":"/problems/unauthenticated"}' };
const tooManyAttempts = (seconds) => ({ status: 429, headers: { 'Retry-After': String(seconds) } });
/** As long as an answer may take. */
const TIMEOUT = 35_000;

test('a renewal of the token leaves a form as it is, also one by another tab', async () => {
  const page = await portal.signedIn(MARIA);
  await page.goto('/#/settings');
  const current = page.getByLabel('Derzeitiges Passwort');
  const wanted = page.getByLabel('Neues Passwort');
  await current.fill('falsch falsch falsch');
  await wanted.fill('Ein langer Satz mit Ähren');
  // The token is refused once, so it is renewed before the form is answered.
  await page.route('**/api/me/password', (route) => route.fulfill(UNAUTHENTICATED), { times: 1 });
  const renewal = page.waitForResponse('**/api/session/refresh');
  await page.getByRole('button', { name: 'Passwort ändern' }).click();
  await renewal;
  const refusal = page.getByText('Das ist nicht Ihr derzeitiges Passwort.');
  await refusal.waitFor();
  await page.locator('input[aria-invalid=true]:focus').waitFor();
  assert.equal(await wanted.inputValue(), 'Ein langer Satz mit Ähren');

  await wanted.fill('Ein längerer Satz mit Ähren');
  await page.evaluate(() => {
    const news = new BroadcastChannel('session');
    window.renewedElsewhere = new Promise((resolve) => (news.onmessage = () => resolve()));
  });
  const other = await page.context().newPage();
  await other.goto('/');
  await page.evaluate(() => window.renewedElsewhere);
  await settled(page);
  assert.equal(await current.inputValue(), 'falsch falsch falsch');
  assert.equal(await wanted.inputValue(), 'Ein längerer Satz mit Ähren');
  assert.ok(await wanted.evaluate((field) => field === document.activeElement));
  assert.ok(await refusal.isVisible());
  assert.deepEqual(page.faults, []);
});

test('a renewal without an answer does not hold up the other tabs', async () => {
  const page = await portal.signedIn(MARIA);
  await page.clock.install();
  const [first, second] = [await page.context().newPage(), await page.context().newPage()];
  await first.route('**/api/session/refresh', () => {});
  const asked = first.waitForRequest('**/api/session/refresh');
  await first.goto('/');
  await asked;
  await second.goto('/');
  await page.clock.fastForward(TIMEOUT);
  await first.getByText(/^Keine Verbindung/).waitFor();
  await second.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
});

test('only a wrong password has to be typed again', async () => {
  const page = await portal.person();
  await page.clock.install();
  await page.goto('/');
  const password = page.getByLabel('Passwort', { exact: true });
  const submit = page.getByRole('button', { name: 'Anmelden' });
  const alert = page.getByRole('alert');
  await page.getByLabel('E-Mail-Adresse').fill(MARIA);
  await password.fill('falsch');
  await submit.click();
  await alert.getByText('E-Mail-Adresse oder Passwort ist falsch.').waitFor();
  assert.equal(await password.inputValue(), '');

  await password.fill(PASSWORD);
  await page.route('**/api/session', () => {}, { times: 1 });
  const asked = page.waitForRequest('**/api/session');
  await submit.click();
  await asked;
  await page.clock.fastForward(TIMEOUT);
  await alert.getByText(/^Keine Verbindung/).waitFor();
  await page.route('**/api/session', (route) => route.fulfill(tooManyAttempts(900)), { times: 1 });
  await submit.click();
  await alert.getByText('Zu viele Versuche. Bitte warten Sie 15 Minuten.').waitFor();
  assert.equal(await password.inputValue(), PASSWORD);
  await submit.click();
  await page.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
});

test('how long to wait is told in minutes in the settings, too', async () => {
  const page = await portal.signedIn(MARIA);
  await page.goto('/#/settings');
  await page.getByLabel('Derzeitiges Passwort').fill(PASSWORD);
  await page.getByLabel('Neues Passwort').fill('Ein langer Satz mit Ähren');
  for (const [seconds, wait] of [[900, '15 Minuten'], [1, '1 Sekunde']]) {
    await page.route('**/api/me/password', (route) => route.fulfill(tooManyAttempts(seconds)), { times: 1 });
    await page.getByRole('button', { name: 'Passwort ändern' }).click();
    await page.getByRole('alert').getByText(`Zu viele Versuche. Bitte warten Sie ${wait}.`).waitFor();
  }
});

test('that a session has ended stays told when what was under way is refused later', async () => {
  const page = await portal.signedIn(MARIA);
  let refuse;
  const refused = new Promise((resolve) => (refuse = resolve));
  await page.route('**/api/applications/*/history', async (route) => {
    await refused;
    await route.fulfill(UNAUTHENTICATED);
  });
  await page.goto('/#/applications/produktionsleitung-a05');
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.context().clearCookies();
  await page.route(/\/api\/applications\?/, (route) => route.fulfill(UNAUTHENTICATED));
  await page.getByRole('link', { name: 'Alle Bewerbungen' }).click();
  const told = page.getByText(/Ihre Sitzung ist abgelaufen/);
  await told.waitFor();

  const answer = page.waitForResponse('**/api/session/refresh');
  refuse();
  await answer;
  await settled(page);
  assert.ok(await told.isVisible());
});

test('a mangled link is not valid, and whoever is signed in gets a new one as well', async () => {
  const page = await portal.signedIn(MARIA);
  await page.goto('/set-password#100%');
  await page.getByLabel('Neues Passwort').fill('Ein langer Satz mit Ähren');
  await page.getByRole('button', { name: 'Passwort festlegen' }).click();
  await page.getByRole('heading', { name: 'Dieser Link gilt nicht mehr' }).waitFor();
  await page.getByRole('link', { name: 'Neuen Link anfordern' }).click();
  await page.getByRole('heading', { name: 'Passwort vergessen' }).waitFor();
  await page.getByRole('link', { name: 'Zur Anmeldung' }).click();
  await page.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
  assert.deepEqual(page.faults, []);
});

test('a page that could not be loaded is tried again', async () => {
  const page = await portal.signedIn(MARIA);
  const pages = [
    ['/#/settings', 'Settings', 'Einstellungen'],
    ['/#/password-reset', 'RequestReset', 'Passwort vergessen'],
    ['/set-password#unknown.token', 'SetPassword', 'Passwort festlegen'],
  ];
  for (const [place, script, title] of pages) {
    await page.route(`**/assets/${script}-*.js`, (route) => route.abort());
    await page.goto(place);
    await page.getByRole('heading', { name: 'Das hat nicht geklappt' }).waitFor();
    await page.unroute(`**/assets/${script}-*.js`);
    await page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
  }
});
