// The first view of a contact, as a slow line gets it: measured in the browser, counted as CloudFront compresses it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { settled, start } from './harness.mjs';

const MOST_SCRIPT_BYTES = 60_000;
const MOST_BYTES = 100_000;
const MOST_REQUESTS = 6;

let portal;
before(async () => (portal = await start()));
after(() => portal.end());

test('the first view stays within 60 KB of script, 100 KB in all and 6 requests', async () => {
  const page = await portal.signedIn('decider@demo.example');
  const again = await page.context().newPage();
  const answers = [];
  again.on('response', (response) => answers.push(response));
  await again.goto('/');
  await again.getByRole('link', { name: /wartet seit/ }).first().waitFor();
  await settled(again);

  let script = 0;
  let all = 0;
  for (const response of answers) {
    const body = await response.body();
    const bytes = gzipSync(body, { level: 6 }).length;
    all += bytes;
    if (response.headers()['content-type']?.startsWith('text/javascript')) script += bytes;
    assert.ok(response.url().startsWith(portal.url), `${response.url()} is somebody else's`);
  }
  const favicon = answers.some((response) => response.url().endsWith('/favicon.svg'));
  assert.ok(favicon, 'the favicon counts, too');
  console.log(`first view: ${script} bytes of script, ${all} bytes in all, ${answers.length} requests`);
  assert.ok(script <= MOST_SCRIPT_BYTES, `${script} bytes of script`);
  assert.ok(all <= MOST_BYTES, `${all} bytes in all`);
  assert.ok(answers.length <= MOST_REQUESTS, `${answers.length} requests: ${answers.map((one) => one.url()).join(', ')}`);
});

test('the policy allows nothing inline and nobody else, and nothing on the pages needs more', async () => {
  const answer = await fetch(portal.url);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  // Nobody else but the bucket that recruiters upload documents into.
  const bucket = /connect-src 'self' (http:\/\/127\.0\.0\.1:\d+\/hiring-portal-documents\/);/.exec(policy)?.[1];
  assert.ok(bucket, policy);
  assert.doesNotMatch(policy.replace(bucket, ''), /unsafe|\*|https?:/);
  const page = await portal.signedIn('decider@demo.example');
  await page.goto('/#/applications/produktionsleitung-a01/activities/fachkraefte.absagen/email');
  await page.locator('.ProseMirror').click();
  await page.evaluate(() => {
    const clipboard = new DataTransfer();
    clipboard.setData('text/html', '<p>Eingefügt <b>fett</b> <a href="javascript:alert(1)">x</a></p>');
    document.querySelector('.ProseMirror').dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true }));
  });
  await page.getByText('Eingefügt').waitFor();
  assert.doesNotMatch(await page.locator('.ProseMirror').innerHTML(), /javascript:/);
  assert.deepEqual(page.faults, []);
});
