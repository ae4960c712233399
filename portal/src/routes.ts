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
const routes: Route[] = [
  { path: 'applications', screen: { here: Applications } },
  { path: application, screen: { load: () => import('./screens/Application.svelte') } },
  { path: `${application}/activities/{activity}/{channel}`, screen: { load: () => import('./screens/Act.svelte') } },
  { path: `${application}/interviews/{interview}/move`, screen: { load: () => import('./screens/MoveInterview.svelte') } },
  { path: `${application}/interviews/{interview}/cancel`, screen: { load: () => import('./screens/CancelInterview.svelte') } },
  { path: 'documents', screen: { load: () => import('./screens/Documents.svelte') } },
  { path: 'settings', screen: { load: () => import('./screens/Settings.svelte') } },
];

/** The main menu of a role: the first part of each address and its name. */
export function navigation(role: UserRole): { part: string; label: (texts: Texts) => string }[] {
  const items: { part: string; label: (texts: Texts) => string; roles?: UserRole[] }[] = [
    { part: 'applications', label: (texts) => texts.navigation.applications },
    { part: 'documents', label: (texts) => texts.navigation.documents },
  ];
  return items.filter(({ roles }) => roles?.includes(role) ?? true);
}

/** The screen at that place, if there is one for the role. */
export function findScreen(parts: string[], role: UserRole): { screen: Screen | Promise<Screen>; parameters: Parameters } | undefined {
  const wanted = parts.length === 0 ? ['applications'] : parts;
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
