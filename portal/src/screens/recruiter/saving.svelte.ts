import { asProblem, type Problem } from '../../api';

/** A piece of work that a person starts: whether it goes on, is done or was refused. A second start is ignored. */
export class Saving {
  busy = $state(false);
  done = $state(false);
  problem = $state.raw<Problem>();

  /** Whether somebody else changed the same thing first. */
  get conflict(): boolean {
    return this.problem?.type === 'version-conflict';
  }

  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.forget();
    try {
      await work();
      this.done = true;
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.busy = false;
    }
    return this.done;
  }

  forget(): void {
    this.done = false;
    this.problem = undefined;
  }
}
