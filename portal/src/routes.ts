// Every screen and where it is reached. Screens that a contact does not see at once load when they are opened.

import type { Component } from 'svelte';
import type { UserRole } from './api';
import Applications from './screens/Applications.svelte';
import type { Texts } from './texts/de-AT';

/** What the braces of a path stand for. */
export type Parameters = Record<string, string>;
type Screen = Component<{ parameters: Parameters }>;
type Load = () => Promise<{ default: Screen }>;

interface Route {
  path: string;
  /** A screen of the first view, or how to load another one. */
  screen: { here: Screen } | { load: Load };
  /** Who may see it; everybody if absent. */
  roles?: UserRole[];
}

const application = 'applications/{application}';
const recruiter: UserRole[] = ['recruiter'];
const routes: Route[] = [
  { path: 'applications', screen: { here: Applications } },
  { path: application, screen: { load: () => import('./screens/Application.svelte') } },
  { path: `${application}/activities/{activity}/{channel}`, screen: { load: () => import('./screens/Act.svelte') } },
  { path: `${application}/interviews/{interview}/move`, screen: { load: () => import('./screens/MoveInterview.svelte') } },
  { path: `${application}/interviews/{interview}/cancel`, screen: { load: () => import('./screens/CancelInterview.svelte') } },
  { path: 'history', roles: recruiter, screen: { load: () => import('./screens/recruiter/Feed.svelte') } },
  { path: 'workflows', roles: recruiter, screen: { load: () => import('./screens/recruiter/Workflows.svelte') } },
  { path: 'workflows/{workflow}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Workflow.svelte') } },
  { path: 'templates', roles: recruiter, screen: { load: () => import('./screens/recruiter/Templates.svelte') } },
  { path: 'templates/{template}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Template.svelte') } },
  { path: 'documents', roles: recruiter, screen: { load: () => import('./screens/recruiter/Documents.svelte') } },
  { path: 'documents/{document}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Document.svelte') } },
  { path: 'customers', roles: recruiter, screen: { load: () => import('./screens/recruiter/Customers.svelte') } },
  { path: 'customers/{customer}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Customer.svelte') } },
  { path: 'customers/{customer}/contacts/{contact}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Contact.svelte') } },
  { path: 'jobs', roles: recruiter, screen: { load: () => import('./screens/recruiter/Jobs.svelte') } },
  { path: 'jobs/{job}', roles: recruiter, screen: { load: () => import('./screens/recruiter/Job.svelte') } },
  { path: 'import', roles: recruiter, screen: { load: () => import('./screens/recruiter/Import.svelte') } },
  { path: 'documents', screen: { load: () => import('./screens/Documents.svelte') } },
  { path: 'settings', screen: { load: () => import('./screens/Settings.svelte') } },
];

/** The main menu of a role: the first part of each address and its name. */
export function navigation(role: UserRole): { part: string; label: (texts: Texts) => string }[] {
  const items: { part: string; label: (texts: Texts) => string; roles?: UserRole[] }[] = [
    { part: 'history', label: (texts) => texts.navigation.history, roles: recruiter },
    { part: 'applications', label: (texts) => texts.navigation.applications },
    { part: 'workflows', label: (texts) => texts.navigation.workflows, roles: recruiter },
    { part: 'templates', label: (texts) => texts.navigation.templates, roles: recruiter },
    { part: 'documents', label: (texts) => texts.navigation.documents },
    { part: 'customers', label: (texts) => texts.navigation.customers, roles: recruiter },
    { part: 'jobs', label: (texts) => texts.navigation.jobs, roles: recruiter },
    { part: 'import', label: (texts) => texts.navigation.import, roles: recruiter },
  ];
  return items.filter(({ roles }) => roles?.includes(role) ?? true);
}

/** Where a role begins: recruiters with what the departments did. */
export function home(role: UserRole): string {
  return role === 'recruiter' ? 'history' : 'applications';
}

/** The screen at that place, if there is one for the role. */
export function findScreen(parts: string[], role: UserRole): { screen: Screen | Promise<Screen>; parameters: Parameters } | undefined {
  const wanted = parts.length === 0 ? [home(role)] : parts;
  for (const { path, screen, roles } of routes) {
    const parameters = match(path.split('/'), wanted);
    if (parameters && (roles?.includes(role) ?? true)) {
      const found = 'here' in screen ? screen.here : screen.load().then(({ default: loaded }) => loaded);
      return { screen: found, parameters };
    }
  }
  return undefined;
}

function match(pattern: string[], parts: string[]): Parameters | undefined {
  if (pattern.length !== parts.length) return undefined;
  const parameters: Parameters = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (name.startsWith('{')) parameters[name.slice(1, -1)] = part;
    else if (name !== part) return undefined;
  }
  return parameters;
}
