import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, inject, Injectable, provideBrowserGlobalErrorListeners } from '@angular/core';
import { MAT_DIALOG_DEFAULT_OPTIONS } from '@angular/material/dialog';
import { MAT_FORM_FIELD_DEFAULT_OPTIONS } from '@angular/material/form-field';
import { Title } from '@angular/platform-browser';
import { provideRouter, type RouterStateSnapshot, TitleStrategy, withComponentInputBinding } from '@angular/router';
import { ApiConfiguration } from '#libs/api-client/api-configuration';
import { routes } from './app.routes';
import { authInterceptor } from './session/auth-interceptor';
import { dialogDefaults } from './shared/dialog-defaults';

/** "Packages · ODS" */
@Injectable()
class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);

  override updateTitle(snapshot: RouterStateSnapshot): void {
    const page = this.buildTitle(snapshot);
    this.title.setTitle(page === undefined ? $localize`Open Distribution Server` : `${page} · ODS`);
  }
}

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    // XMLHttpRequest, not fetch: only it tells how far an upload is.
    provideHttpClient(withInterceptors([authInterceptor])),
    provideRouter(routes, withComponentInputBinding()),
    // The console is served by the server it talks to.
    { provide: ApiConfiguration, useValue: { rootUrl: '' } },
    { provide: MAT_FORM_FIELD_DEFAULT_OPTIONS, useValue: { appearance: 'outline', subscriptSizing: 'dynamic' } },
    { provide: MAT_DIALOG_DEFAULT_OPTIONS, useFactory: dialogDefaults },
    { provide: TitleStrategy, useClass: PageTitle },
  ],
};
