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
    return this.page.evaluate(() => globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] }));
  }
}
