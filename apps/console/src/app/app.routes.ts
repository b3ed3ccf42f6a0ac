import type { Routes } from '@angular/router';
import { administrator, hasToken, signedIn, signedOut } from './session/guards';

export const routes: Routes = [
  { path: 'sign-in', title: 'Sign in', canActivate: [signedOut], loadComponent: async () => (await import('./sign-in/sign-in')).SignIn },
  {
    path: 'set-password',
    title: 'Set a password',
    canActivate: [hasToken],
    loadComponent: async () => (await import('./sign-in/set-password')).SetPassword,
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'overview' },
      { path: 'overview', title: 'Overview', loadComponent: async () => (await import('./overview/overview')).Overview },
      { path: 'packages', title: 'Packages', loadComponent: async () => (await import('./packages/package-list')).PackageList },
      { path: 'packages/:name', title: 'Package', loadComponent: async () => (await import('./packages/package-page')).PackagePage },
      { path: 'activity', title: 'Activity', loadComponent: async () => (await import('./activity/activity')).Activity },
      { path: 'network', title: 'Network', loadComponent: async () => (await import('./network/network')).Network },
      { path: 'network/packages', title: 'What is where', loadComponent: async () => (await import('./network/matrix')).Matrix },
      { path: 'held', title: 'Held deletes', canActivate: [administrator], loadComponent: async () => (await import('./held/held')).Held },
      {
        path: 'webhooks',
        title: 'Webhooks',
        canActivate: [administrator],
        loadComponent: async () => (await import('./webhooks/webhooks')).Webhooks,
      },
      {
        path: 'webhooks/:id',
        title: 'Webhook',
        canActivate: [administrator],
        loadComponent: async () => (await import('./webhooks/webhook-page')).WebhookPage,
      },
      {
        path: 'people',
        title: 'Users and tokens',
        canActivate: [administrator],
        loadComponent: async () => (await import('./people/people')).People,
      },
      {
        path: 'audit',
        title: 'Audit trail',
        canActivate: [administrator],
        loadComponent: async () => (await import('./audit/audit')).Audit,
      },
      { path: 'admin', title: 'Admin', loadComponent: async () => (await import('./admin/admin')).Admin },
      { path: '**', title: 'Not found', loadComponent: async () => (await import('./shell/not-found')).NotFound },
    ],
  },
];
