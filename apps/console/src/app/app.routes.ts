import type { Routes } from '@angular/router';
import { administrator, hasToken, signedIn, signedOut } from './session/guards';

export const routes: Routes = [
  {
    path: 'sign-in',
    title: $localize`Sign in`,
    canActivate: [signedOut],
    loadComponent: async () => (await import('./sign-in/sign-in')).SignIn,
  },
  {
    path: 'set-password',
    title: $localize`Set a password`,
    canActivate: [hasToken],
    loadComponent: async () => (await import('./sign-in/set-password')).SetPassword,
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'overview' },
      { path: 'overview', title: $localize`Overview`, loadComponent: async () => (await import('./overview/overview')).Overview },
      { path: 'packages', title: $localize`Packages`, loadComponent: async () => (await import('./packages/package-list')).PackageList },
      {
        path: 'packages/:name',
        title: $localize`Package`,
        loadComponent: async () => (await import('./packages/package-page')).PackagePage,
      },
      {
        path: 'deleted',
        title: $localize`Deleted packages`,
        loadComponent: async () => (await import('./packages/deleted')).Deleted,
      },
      { path: 'activity', title: $localize`Activity`, loadComponent: async () => (await import('./activity/activity')).Activity },
      { path: 'network', title: $localize`Network`, loadComponent: async () => (await import('./network/network')).Network },
      {
        path: 'network/packages',
        title: $localize`Package locations`,
        loadComponent: async () => (await import('./network/matrix')).Matrix,
      },
      {
        path: 'network/rights',
        title: $localize`Publish rights`,
        loadComponent: async () => (await import('./trust/trust')).Trust,
      },
      {
        path: 'held',
        title: $localize`Held changes`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./held/held')).Held,
      },
      {
        path: 'webhooks',
        title: $localize`Webhooks`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./webhooks/webhooks')).Webhooks,
      },
      {
        path: 'webhooks/:id',
        title: $localize`Webhook`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./webhooks/webhook-page')).WebhookPage,
      },
      {
        path: 'notifications',
        title: $localize`E-mail`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./notifications/notifications')).Notifications,
      },
      {
        path: 'retention',
        title: $localize`Old versions`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./retention/retention')).Retention,
      },
      {
        path: 'repository',
        title: $localize`Munki repository`,
        loadComponent: async () => (await import('./munki/munki')).Munki,
      },
      {
        path: 'jamf',
        title: $localize`Jamf Pro`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./jamf/jamf')).Jamf,
      },
      {
        path: 'jamf/records',
        title: $localize`Package records`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./jamf/jamf-records')).JamfRecords,
      },
      {
        path: 'jamf/points',
        title: $localize`Distribution points`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./jamf/jamf-points')).JamfPoints,
      },
      {
        path: 'jamf/rules',
        title: $localize`Rules for Jamf Pro`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./jamf/jamf-rules')).JamfRules,
      },
      {
        path: 'oidc',
        title: $localize`Sign-in with the company`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./oidc/oidc')).Oidc,
      },
      {
        path: 'people',
        title: $localize`Users and tokens`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./people/people')).People,
      },
      {
        path: 'audit',
        title: $localize`Audit trail`,
        canActivate: [administrator],
        loadComponent: async () => (await import('./audit/audit')).Audit,
      },
      { path: 'admin', title: $localize`Admin`, loadComponent: async () => (await import('./admin/admin')).Admin },
      { path: '**', title: $localize`Not found`, loadComponent: async () => (await import('./shell/not-found')).NotFound },
    ],
  },
];
