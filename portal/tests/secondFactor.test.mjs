// Two-factor sign-in, with an authenticator of the test's own (RFC 6238).

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { check, PASSWORD, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const MARIA = 'decider@demo.example';
const SLADJANA = 'sladjana.petrovic@traunfels.example';

/** The code that an app shows for the secret, so many steps from now. */
function code(secret, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const word = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** A code that the app shows at no time near now. */
function wrongCode(secret) {
  const near = [-2, -1, 0, 1, 2].map((steps) => code(secret, steps));
  return ['000000', '000001', '000002', '000003', '000004', '000005'].find((one) => !near.includes(one));
}

const factorOf = (page) => page.locator('section[aria-labelledby="second-factor"]');

async function openSettings(page) {
  await page.goto('/#/settings');
  await factorOf(page).getByRole('button').first().waitFor();
}

async function signOut(page) {
  await page.getByRole('button', { name: /^Menü von/ }).click();
  await page.locator('#own-menu').getByRole('button', { name: 'Abmelden' }).click();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
}

async function signInWithPassword(page) {
  await page.getByLabel('E-Mail-Adresse').fill(MARIA);
  await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
}

/** Sets it up in the settings; the secret and the recovery codes. */
async function setUp(page, whileThere = async () => {}) {
  await openSettings(page);
  const factor = factorOf(page);
  await factor.getByRole('button', { name: 'Einrichten' }).click();
  const secret = (await factor.locator('code').innerText()).replaceAll(' ', '');
  await factor.getByRole('img', { name: /^QR-Code/ }).waitFor();
  const uri = await factor.getByRole('link', { name: 'In der App auf diesem Gerät öffnen' }).getAttribute('href');
  assert.equal(new URL(uri).searchParams.get('secret'), secret);
  await whileThere();
  await factor.getByLabel('Derzeitiges Passwort').fill(PASSWORD);
  await factor.getByLabel('Code aus der Authenticator-App').fill(wrongCode(secret));
  await factor.getByRole('button', { name: 'Einschalten' }).click();
  await factor.getByText('Dieser Code ist falsch oder wurde schon verwendet.').waitFor();
  await factor.getByLabel('Code aus der Authenticator-App').fill(code(secret));
  await factor.getByRole('button', { name: 'Einschalten' }).click();
  await factor.getByRole('heading', { name: 'Bewahren Sie diese Codes auf' }).waitFor();
  const codes = await factor.locator('.codes code').allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  return { secret, codes };
}

test('it is set up, asked for at the sign-in, replaced by a recovery code, and switched off', async () => {
  const page = await portal.signedIn(MARIA);
  const { secret, codes } = await setUp(page, async () => {
    await check(page, 'second factor being set up');
  });
  await check(page, 'recovery codes');
  const factor = factorOf(page);
  await factor.getByRole('button', { name: 'Ich habe sie aufbewahrt' }).click();
  await factor.getByText(/Eingeschaltet seit .* Noch 10 Wiederherstellungscodes übrig\./).waitFor();
  await check(page, 'second factor switched on');
  assert.doesNotMatch(await page.content(), new RegExp(`${secret}|${codes[0]}`));
  await signOut(page);

  await signInWithPassword(page);
  await page.getByRole('heading', { name: 'Code eingeben' }).waitFor();
  await check(page, 'code asked for');
  const field = page.getByLabel('Code aus der Authenticator-App');
  assert.deepEqual(
    await field.evaluate(({ autocomplete, inputMode }) => ({ autocomplete, inputMode })),
    { autocomplete: 'one-time-code', inputMode: 'numeric' },
  );
  await field.fill(wrongCode(secret));
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.getByRole('alert').getByText(/Dieser Code ist falsch/).waitFor();
  await check(page, 'wrong code');
  await field.fill(code(secret, 1));
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.locator('header nav').waitFor();
  await page.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
  await signOut(page);

  await signInWithPassword(page);
  await page.getByRole('button', { name: 'Stattdessen einen Wiederherstellungscode verwenden' }).click();
  await check(page, 'recovery code asked for');
  await page.getByLabel('Wiederherstellungscode', { exact: true }).fill(codes[0].toUpperCase());
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.locator('header nav').waitFor();

  await openSettings(page);
  await factor.getByText(/Noch 9 Wiederherstellungscodes übrig\./).waitFor();
  await factor.getByRole('button', { name: 'Ausschalten …' }).click();
  await check(page, 'second factor being switched off');
  await factor.getByRole('button', { name: 'Stattdessen einen Wiederherstellungscode verwenden' }).click();
  await factor.getByLabel('Wiederherstellungscode', { exact: true }).fill(codes[1]);
  await factor.getByLabel('Derzeitiges Passwort').fill('falsches Passwort');
  await factor.getByRole('button', { name: 'Ausschalten', exact: true }).click();
  await factor.getByText('Das ist nicht Ihr derzeitiges Passwort.').waitFor();
  await factor.getByLabel('Derzeitiges Passwort').fill(PASSWORD);
  await factor.getByRole('button', { name: 'Ausschalten', exact: true }).click();
  await factor.getByText(/Die Zwei-Faktor-Anmeldung ist ausgeschaltet\./).waitFor();
  await signOut(page);
  await signInWithPassword(page);
  await page.locator('header nav').waitFor();
  assert.deepEqual(page.faults, []);
});

test('a recruiter switches it off for a contact who has lost it', async () => {
  const sladjana = await portal.signedIn(SLADJANA);
  await setUp(sladjana);
  const recruiter = await portal.signedIn('recruiter@demo.example');
  await recruiter.goto('/#/customers/produktion/contacts/sladjanapetrovic');
  await recruiter.getByText('Die Person meldet sich mit einem zweiten Faktor an.').waitFor();
  await recruiter.getByRole('button', { name: 'Zweiten Faktor ausschalten' }).click();
  await check(recruiter, 'second factor of a contact');
  await recruiter.getByRole('dialog').getByRole('button', { name: 'Zweiten Faktor ausschalten' }).click();
  await recruiter.getByText('Der zweite Faktor ist ausgeschaltet.').waitFor();
  const again = await portal.signedIn(SLADJANA);
  await openSettings(again);
  await factorOf(again).getByRole('button', { name: 'Einrichten' }).waitFor();
  assert.deepEqual([sladjana.faults, recruiter.faults], [[], []]);
});
