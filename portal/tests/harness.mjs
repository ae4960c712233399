// A portal with the demo company on a free port, and a browser to look at it with.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from './axe.mjs';
import { chromium } from 'playwright-core';

const portalFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const projectFolder = dirname(portalFolder);
const screenshotFolder = join(portalFolder, 'screenshots');
export const PASSWORD = 'Demo-Portal-2026!';
export const PHONE = { width: 320, height: 700 };
export const DESKTOP = { width: 1280, height: 900 };

function hostProgram() {
  const target = process.env.CARGO_TARGET_DIR ?? join(projectFolder, 'target');
  const program = process.env.HIRING_PORTAL ?? join(target, 'debug', 'hiring-portal');
  if (!existsSync(program)) throw new Error(`${program} is missing: build it with cargo build --package local`);
  return program;
}

/** Starts the host; the returned object has its address and ends it. */
export async function startPortal() {
  const data = await mkdtemp(join(tmpdir(), 'hiring-portal-'));
  const dist = join(portalFolder, 'dist');
  const host = spawn(hostProgram(), ['--demo', '--listen', '127.0.0.1:0', '--data', data, '--portal', dist], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RUST_LOG: 'error' },
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    host.stdout.on('data', (part) => {
      text += part;
      const found = /^Portal\s+(\S+)$/m.exec(text);
      if (found && /^Demo/m.test(text)) resolve(found[1]);
    });
    host.on('exit', (code) => reject(new Error(`the host ended with ${code}`)));
  });
  const end = async () => {
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { url, end };
}

/** Starts the host and a browser for all tests of a file. */
export async function start() {
  const [portal, browser] = await Promise.all([
    startPortal(),
    chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--lang=de-AT', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      env: { ...process.env, LANGUAGE: 'de_AT' },
    }),
  ]);

  /** A browser of its own for one person, with their cookies and what they keep. */
  async function person(options = {}) {
    const context = await browser.newContext({
      baseURL: portal.url,
      viewport: DESKTOP,
      locale: 'de-AT',
      timezoneId: 'Europe/Vienna',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.faults = [];
    page.requests = new Set();
    page.on('request', (request) => page.requests.add(request));
    page.on('requestfinished', (request) => page.requests.delete(request));
    page.on('requestfailed', (request) => page.requests.delete(request));
    page.on('pageerror', (error) => page.faults.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      // The browser itself reports each answer that is no success.
      if (message.type() === 'error' && !text.startsWith('Failed to load resource')) page.faults.push(text);
    });
    return page;
  }

  /** A page on which that person is signed in. */
  async function signedIn(email, options) {
    const page = await person(options);
    await page.goto('/');
    await signIn(page, email);
    return page;
  }

  /** The mails to that address, newest first. */
  async function inbox(to) {
    const answer = await fetch(`${portal.url}/inbox/messages?to=${encodeURIComponent(to)}`);
    return answer.json();
  }

  async function end() {
    await browser.close();
    await portal.end();
  }
  return { url: portal.url, browser, person, signedIn, inbox, end };
}

export async function signIn(page, email, password = PASSWORD) {
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('header nav').waitFor();
}

/** Opens the application as its link in the list would. */
export async function openApplication(page, id) {
  await page.goto(`/#/applications/${id}`);
  await page.locator('main h2#history').waitFor();
}

/** Waits until nothing loads any more. */
export async function settled(page) {
  const deadline = Date.now() + 10_000;
  for (let quiet = 0; quiet < 2; ) {
    if (Date.now() > deadline) throw new Error('the page keeps loading');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    quiet = page.requests?.size || (await page.locator('.loading').count()) > 0 ? 0 : quiet + 1;
  }
}

/** A picture for the README. */
export async function picture(page, name, viewport, colorScheme = 'light') {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.mouse.move(0, 0);
  await settled(page);
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Every violation of WCAG 2.2 AA and of axe's own good practice, in short. */
async function violations(page) {
  const { violations } = await new AxeBuilder(page).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 120)} ${any[0]?.message ?? ''}`).join(' | ')}`);
}

/** Looks at the state that the page is in, four times. */
export async function check(page, state) {
  await settled(page);
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const where = `${state}, ${viewport.width} px, ${colorScheme}`;
      assert.deepEqual(await violations(page), [], where);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= viewport.width, `${where}: ${width} px wide`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
