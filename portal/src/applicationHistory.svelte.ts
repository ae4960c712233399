// An application's history as far as it has been read, kept true while its mails are still on their way.

import { asProblem, history, resendMails, type Delivery, type HistoryEntry, type MailState, type Problem } from './api';

const FIRST_PAUSE_MILLISECONDS = 2_000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;
/** A refusal by the recipient's server usually comes within that time after the mail was sent. */
const NEWS_MILLISECONDS = 30_000;
/** From what needs no care to what needs most. */
const GRAVITY: MailState[] = ['delivered', 'accepted', 'pending', 'sending', 'unclear', 'notDelivered', 'failed'];

/** Where mails are, all in all: where the one is that needs most care. */
export function overall(mails: Delivery[]): MailState | undefined {
  return GRAVITY.findLast((state) => mails.some((mail) => mail.state === state));
}

export class ApplicationHistory {
  entries = $state.raw<HistoryEntry[]>();
  hasMore = $state(false);
  problem = $state.raw<Problem>();
  private cursor: string | null = null;
  private loading = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly applicationId: string) {}

  /** Reads the first page, or one more. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.problem = undefined;
    try {
      const page = await history(this.applicationId, this.cursor ?? undefined);
      this.entries = [...(this.entries ?? []), ...page.items];
      this.cursor = page.nextCursor;
      this.hasMore = page.nextCursor !== null;
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.loading = false;
    }
    this.follow();
  }

  /** Where the mails of an entry are by now. */
  mails(entry: string | undefined): Delivery[] {
    return this.entries?.find(({ id }) => id === entry)?.delivery ?? [];
  }

  async resend(entry: HistoryEntry): Promise<void> {
    const { delivery } = await resendMails(this.applicationId, entry.id);
    const sent = { ...entry, delivery, mayResend: false };
    this.entries = this.entries?.map((one) => (one.id === entry.id ? sent : one));
    this.follow();
  }

  /** Nobody looks at it any more. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private follow(pause = FIRST_PAUSE_MILLISECONDS): void {
    clearTimeout(this.timer);
    if (this.ended || !this.entries?.some(isUnderWay)) return;
    this.timer = setTimeout(() => {
      const next = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
      if (document.hidden) this.follow(next);
      else void this.renew().then(() => this.follow(next));
    }, pause);
  }

  private async renew(): Promise<void> {
    const asked = new Set(this.entries);
    // Nobody asked for it, so nobody is told that it did not work; the next time it may.
    const page = await history(this.applicationId).catch(() => undefined);
    const fresh = new Map(page?.items.map((entry) => [entry.id, entry]));
    const known = new Set(this.entries?.map(({ id }) => id));
    const added = page?.items.filter(({ id }) => !known.has(id)) ?? [];
    // An entry that was sent once more meanwhile is newer than the answer.
    const renewed = (entry: HistoryEntry) => (asked.has(entry) ? fresh.get(entry.id) : undefined) ?? entry;
    this.entries = [...added, ...(this.entries ?? []).map(renewed)];
  }
}

function isUnderWay({ delivery }: HistoryEntry): boolean {
  return (delivery ?? []).some(
    ({ state, updatedAt }) =>
      state === 'pending' ||
      state === 'sending' ||
      (state === 'accepted' && Date.now() - Date.parse(updatedAt) < NEWS_MILLISECONDS),
  );
}
