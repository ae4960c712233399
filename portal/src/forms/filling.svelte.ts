// A mail filled from a template. Each question takes the place of the one before.

import { asProblem, type Draft, type Problem } from '../api';

export class Filling {
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** Asks once more what was asked last. */
  again: () => void = () => undefined;
  /** Answers to an earlier question come too late. */
  #asked = 0;

  constructor(readonly draft: (templateId: string | null) => Promise<Draft>) {}

  /** Hands the filled mail on; another template stands in for one that is gone, unless somebody chose it just now. */
  async ask(templateId: string | null, take: (filled: Draft) => void, isChosen = false): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    this.again = () => void this.ask(templateId, take, isChosen);
    this.busy = true;
    this.problem = undefined;
    try {
      const filled = await this.draft(templateId);
      if (mine === this.#asked) take(filled);
    } catch (error) {
      if (mine !== this.#asked) return;
      const problem = asProblem(error);
      const isGone = templateId !== null && problem.errors.some(({ pointer }) => pointer === '/templateId');
      if (isGone && !isChosen) return await this.ask(null, take);
      this.problem = problem;
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }
}
