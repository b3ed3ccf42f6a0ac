import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';

/** Leads to what a name of the catalog stands for: the page of a package, or the Munki repository for one of its files. */
@Component({
  selector: 'ods-entry-link',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink],
  template: `<a [routerLink]="place()" [queryParams]="query()">{{ name() }}</a>`,
})
export class EntryLink {
  /** As the API gives it: `NoMAD.pkg`, `munki/pkgsinfo/NoMAD.plist`. */
  readonly name = input.required<string>();

  private readonly path = computed(() => (this.name().startsWith('munki/') ? this.name().slice('munki/'.length) : null));
  protected readonly place = computed(() => (this.path() === null ? ['/packages', this.name()] : ['/repository']));
  protected readonly query = computed(() => (this.path() === null ? null : { q: this.path() }));
}
