import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { MAT_DIALOG_DEFAULT_OPTIONS } from '@angular/material/dialog';
import { MAT_FORM_FIELD_DEFAULT_OPTIONS } from '@angular/material/form-field';
import { provideRouter, TitleStrategy, withComponentInputBinding } from '@angular/router';
import { ApiConfiguration } from '#libs/api-client/api-configuration';
import { routes } from './app.routes';
import { authInterceptor } from './session/auth-interceptor';
import { dialogDefaults } from './shared/dialog-defaults';
import { basePath } from './shared/base';
import { PageTitle } from './shell/page-title';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    // XMLHttpRequest, not fetch: only it reports the progress of an upload.
    provideHttpClient(withInterceptors([authInterceptor])),
    provideRouter(routes, withComponentInputBinding()),
    // The console is served by the server it talks to.
    { provide: ApiConfiguration, useFactory: () => ({ rootUrl: basePath() }) },
    { provide: MAT_FORM_FIELD_DEFAULT_OPTIONS, useValue: { appearance: 'outline', subscriptSizing: 'dynamic' } },
    { provide: MAT_DIALOG_DEFAULT_OPTIONS, useFactory: dialogDefaults },
    { provide: TitleStrategy, useExisting: PageTitle },
  ],
};
