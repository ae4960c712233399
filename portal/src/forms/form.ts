import type { Acted, Activity, ApplicationWithActivities, Intent, Problem } from '../api';

/** What each form of a channel gets. */
export interface FormProps {
  application: ApplicationWithActivities;
  activity: Activity;
  /** Whether it can still be carried out. */
  possible: boolean;
  busy: boolean;
  problem: Problem | undefined;
  /** Under which name unsent text is kept. */
  name: string;
  /** Carries it out; `content` tells one intent from another. */
  perform: (content: unknown, send: (intent: Intent) => Promise<Acted>) => Promise<void>;
}
