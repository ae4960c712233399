// A workflow while it is edited: as it is sent, and what becomes of the edit when somebody else was faster.

import type { Activity, Status, Workflow, WorkflowDocument } from '../../api/recruiter';
import { either, mergedFields, sameAs } from './conflict';

export const ROLES = ['decider', 'reader'] as const;
export type Role = (typeof ROLES)[number];

/** The workflow as it would be sent back unchanged. */
export function asDocument({ workflow }: Workflow): WorkflowDocument {
  const { name, initialStatus, statuses, activities } = workflow;
  return {
    name,
    initialStatus,
    statuses: statuses.map(({ id, group, name, nameForContacts }) => ({ id, group, name, nameForContacts })),
    activities: activities.map(({ id, name, kind, fromStatuses, targetStatus, release }) => ({
      id,
      name,
      kind: kind ?? 'decision',
      fromStatuses: [...fromStatuses],
      targetStatus,
      release: sortedRelease(release),
    })),
  };
}

/** The channels an activity of that kind can have. */
export function channelsOf({ kind }: Activity): ('email' | 'phone' | 'statusOnly' | 'interview')[] {
  return kind === 'interview' ? ['interview'] : ['email', 'phone', 'statusOnly'];
}

export function isReleased(activity: Activity | undefined, role: Role, channel: string): boolean {
  return activity?.release?.[role]?.includes(channel) ?? false;
}

/** The activity with the channel released to the role, or not. */
export function withRelease(activity: Activity, role: Role, channel: string, on: boolean): Activity {
  const channels = (activity.release?.[role] ?? []).filter((one) => one !== channel);
  return { ...activity, release: sortedRelease({ ...activity.release, [role]: on ? [...channels, channel] : channels }) };
}

/** What does not fit the kind goes, so that nothing invisible is refused. */
export function withKind(activity: Activity, kind: string): Activity {
  const changed = { ...activity, kind };
  const fits = channelsOf(changed) as string[];
  const release = Object.fromEntries(Object.entries(changed.release ?? {}).map(([role, channels]) => [role, channels.filter((one) => fits.includes(one))]));
  return { ...changed, release: sortedRelease(release) };
}

/**
 * Both edits of the same workflow in one: where only one side changed something, that counts, and where both did, mine.
 */
export function merged(base: WorkflowDocument, mine: WorkflowDocument, theirs: WorkflowDocument): WorkflowDocument {
  return {
    name: either(base.name, mine.name, theirs.name),
    initialStatus: either(base.initialStatus, mine.initialStatus, theirs.initialStatus),
    statuses: mergedList<Status>(base.statuses, mine.statuses, theirs.statuses, mergedFields),
    activities: mergedList<Activity>(base.activities, mine.activities, theirs.activities, (before, my, their) => ({
      ...mergedFields(before, my, their),
      release: mergedRelease(before, my, their),
    })),
  };
}

type Release = Record<string, string[]>;
const ORDER = ['email', 'phone', 'statusOnly', 'interview'];

/** Always in the same order and without empty lists, so that the same releases are the same text. */
function sortedRelease(release: Release | undefined): Release {
  const sorted: Release = {};
  for (const role of ROLES) {
    const channels = release?.[role] ?? [];
    if (channels.length > 0) sorted[role] = [...channels].sort((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
  }
  return sorted;
}

function mergedRelease(before: Activity, mine: Activity, theirs: Activity): Release {
  const cells = ROLES.map((role): [Role, string[]] => [
    role,
    ORDER.filter((channel) => {
      const [was, is, will] = [before, mine, theirs].map((activity) => isReleased(activity, role, channel));
      return is === was ? will : is;
    }),
  ]);
  return sortedRelease(Object.fromEntries(cells));
}

function mergedList<T extends { id: string }>(before: T[], mine: T[], theirs: T[], merge: (before: T, mine: T, theirs: T) => T): T[] {
  const find = (list: T[], id: string): T | undefined => list.find((one) => one.id === id);
  const result: T[] = [];
  for (const my of mine) {
    const [was, their] = [find(before, my.id), find(theirs, my.id)];
    if (was && their) result.push(merge(was, my, their));
    // Removed there: it stays only if it is new here or was changed here.
    else if (!was || !sameAs(was, my)) result.push(my);
  }
  for (const their of theirs) {
    const was = find(before, their.id);
    // Removed here: it comes back only if it was changed there.
    if (!find(mine, their.id) && (!was || !sameAs(was, their))) result.push(their);
  }
  return result;
}
