// The history of an application: page after page, and kept true while its mails are under way.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApplication, settled, signIn, start } from './harness.mjs';

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

const MARIA = 'decider@demo.example';
const APPLICATION = 'produktionsleitung-a12';
const mail = (recipientKind, state) => ({ recipientKind, state, updatedAt: new Date().toISOString() });

/** Something that is waited for until it is let go. */
function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { opened, open };
}

/** Opens the application with that about its newest entry, until the first renewal of its history has been asked for. */
async function openUntilRenewal(about) {
  const page = await portal.person();
  await page.clock.install();
  await page.goto('/');
  await signIn(page, MARIA);
  const [renewal, answer] = [gate(), gate()];
  const asked = { times: 0 };
  await page.route('**/history', async (route) => {
    asked.times += 1;
    const { items, nextCursor } = await (await route.fetch()).json();
    if (asked.times === 2) {
      renewal.open();
      await answer.opened;
    }
    const [newest, ...older] = items;
    await route.fulfill({ json: { items: [{ ...newest, ...about }, ...older], nextCursor } });
  });
  await openApplication(page, APPLICATION);
  await page.getByText('wird erneut versucht').waitFor();
  await page.clock.fastForward(2_000);
  await renewal.opened;
  return { page, asked, answer };
}

test('a double press loads the next page once', async () => {
  const page = await portal.signedIn(MARIA);
  const older = gate();
  let asked = 0;
  let items;
  await page.route(/\/history(\?|$)/, async (route) => {
    if (!new URL(route.request().url()).searchParams.has('cursor')) {
      ({ items } = await (await route.fetch()).json());
      return route.fulfill({ json: { items: items.slice(0, 1), nextCursor: 'older' } });
    }
    asked += 1;
    await older.opened;
    return route.fulfill({ json: { items: items.slice(1), nextCursor: null } });
  });
  await openApplication(page, APPLICATION);
  const more = page.getByRole('button', { name: 'Weitere laden' });
  await more.dblclick();
  older.open();
  await more.waitFor({ state: 'detached' });
  await settled(page);
  assert.equal(asked, 1);
  assert.ok(items.length > 1);
  assert.equal(await page.locator('section[aria-labelledby=history] article').count(), items.length);
  assert.deepEqual(page.faults, []);
});

test('mails under way are asked for no longer than somebody looks at them', async () => {
  const { page, asked, answer } = await openUntilRenewal({ delivery: [mail('applicant', 'pending')] });
  await page.getByRole('link', { name: 'Alle Bewerbungen' }).click();
  await page.getByRole('heading', { name: 'Bewerbungen' }).waitFor();
  answer.open();
  await settled(page);
  await page.clock.fastForward(60_000);
  await settled(page);
  assert.equal(asked.times, 2);
});

test('what came of sending a mail once more is not undone by an answer from before', async () => {
  const delivery = [mail('applicant', 'failed'), mail('contact', 'pending')];
  const { page, answer } = await openUntilRenewal({ delivery, mayResend: true });
  await page.route('**/resend', (route) => route.fulfill({ json: { delivery: [mail('applicant', 'delivered')] } }));
  const resend = page.getByRole('button', { name: 'Erneut senden' });
  await resend.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Noch einmal senden' }).click();
  await resend.waitFor({ state: 'detached' });
  answer.open();
  await settled(page);
  assert.equal(await resend.count(), 0);
  assert.deepEqual(page.faults, []);
});

test('a call is advised where a mail to the applicant was lost, and no other', async () => {
  const page = await portal.signedIn(MARIA);
  const to = (recipientKind, recipient) => ({ recipientKind, recipient, state: 'notDelivered', updatedAt: '2026-11-24T10:00:00Z' });
  await page.route('**/api/applications/*/history', async (route) => {
    const response = await route.fetch();
    const { items, ...rest } = await response.json();
    const delivery = [to('applicant', 'a@mail.example'), to('contact', 'reader@demo.example'), to('contact', MARIA)];
    await route.fulfill({ response, json: { ...rest, items: [{ ...items[0], delivery }] } });
  });
  await openApplication(page, APPLICATION);
  const mails = page.getByRole('list', { name: 'E-Mails' }).getByRole('listitem');
  await mails.getByText('nicht zugestellt').nth(2).waitFor();
  const told = await mails.allInnerTexts();
  assert.deepEqual(told.map((text) => text.includes('Rufen Sie am besten an.')), [true, false, false]);
});
