import type { Routes } from '@angular/router';
import { hasToken, signedIn, signedOut } from './session/guards';

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
      { path: '', pathMatch: 'full', redirectTo: 'packages' },
      { path: 'packages', title: 'Packages', loadComponent: async () => (await import('./packages/package-list')).PackageList },
      { path: 'packages/:name', title: 'Package', loadComponent: async () => (await import('./packages/package-page')).PackagePage },
      { path: 'activity', title: 'Activity', loadComponent: async () => (await import('./activity/activity')).Activity },
      { path: 'network', title: 'Network', loadComponent: async () => (await import('./network/network')).Network },
      { path: 'admin', title: 'Admin', loadComponent: async () => (await import('./admin/admin')).Admin },
      { path: '**', title: 'Not found', loadComponent: async () => (await import('./shell/not-found')).NotFound },
    ],
  },
];
