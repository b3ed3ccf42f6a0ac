import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';

/** The frame of every page. */
@Component({
  selector: 'ods-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterOutlet],
  template: `
    <header><h1>Open Distribution Server</h1></header>
    <main><router-outlet /></main>
  `,
})
export class App {}
