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
    return this.page.evaluate(() => {
      // The one rule of WCAG 2.2 that axe has; it is off unless asked for. A link in a text that is being written is text.
      const targetSize = { id: 'target-size', enabled: true, selector: '*:not([contenteditable] *)' };
      globalThis.axe.configure({ rules: [targetSize] });
      return globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] });
    });
  }
}
