// What moving and calling off an appointment have in common: both are done to one version of it, once.

import {
  application as loadApplication,
  asProblem,
  comingInterviews,
  type ApplicationWithActivities,
  type Intent,
  type Interview,
  type InterviewChanged,
  type LastChange,
  type Problem,
} from './api';
import { intentKey, forgetDraft } from './drafts';
import { outcomeOfChange, tell } from './outcome';
import { address, go } from './router.svelte';
import { session } from './api/session.svelte';

export class InterviewAct {
  application = $state.raw<ApplicationWithActivities>();
  /** Undefined once it is gone. */
  interview = $state.raw<Interview>();
  /** The other coming appointments of the job. */
  others = $state.raw<Interview[]>([]);
  busy = $state(false);
  problem = $state.raw<Problem>();
  conflict = $state.raw<{ change: LastChange | undefined }>();

  constructor(
    readonly applicationId: string,
    readonly interviewId: string,
  ) {}

  async read(): Promise<void> {
    const application = await loadApplication(this.applicationId);
    const all = await comingInterviews(application.job.id);
    this.interview = all.find(({ id }) => id === this.interviewId);
    this.others = all.filter(({ id }) => id !== this.interviewId);
    this.application = application;
  }

  async perform(title: string, content: unknown, send: (intent: Intent) => Promise<InterviewChanged>): Promise<void> {
    if (this.busy || !this.interview) return;
    this.busy = true;
    this.problem = undefined;
    const { version } = this.interview;
    const name = [session.user?.id, this.applicationId, this.interviewId].join(':');
    try {
      const changed = await send({ key: intentKey(name, { content, version }), version });
      forgetDraft(name);
      tell(this.applicationId, outcomeOfChange(title, changed));
      go(address('applications', this.applicationId), { replace: true });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.type === 'version-conflict') {
        this.conflict = { change: problem.lastChange };
        await this.read().catch((later: unknown) => (this.problem = asProblem(later)));
      } else this.problem = problem;
    } finally {
      this.busy = false;
    }
  }
}
