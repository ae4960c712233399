import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe on a page. `evaluate` is not bound to the page's policy, so the policy stays as it is. */
export class AxeBuilder {
  constructor(page) {
    this.page = page;
  }

  async analyze() {
    await this.page.evaluate(source);
    // The one rule of WCAG 2.2 that axe has; it is off unless asked for.
    const rules = { 'target-size': { enabled: true } };
    const options = { iframes: false, resultTypes: ['violations'], rules };
    return this.page.evaluate((options) => globalThis.axe.run(document, options), options);
  }
}
