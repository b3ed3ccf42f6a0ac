import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Api, getJamfConnection, type JamfLeaderDto } from '#libs/api-client';
import { pollWhileVisible } from '../shared/poll';

const REFRESH_MS = 10_000;

/** Says that another server keeps Jamf Pro in step, where this one shows what it compared itself. */
@Component({
  selector: 'ods-jamf-leader',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (elsewhere(); as leader) {
      <section class="card" role="status">
        <p>
          <strong>{{ leader.why }}</strong>
        </p>
        <p class="muted small" i18n>What is below was compared when this server last did it. Decide there.</p>
      </section>
    }
  `,
  styles: `
    p {
      margin: 0;
      overflow-wrap: anywhere;
    }
    .muted {
      margin-top: 8px;
    }
  `,
})
export class JamfLeader {
  private readonly api = inject(Api);
  private readonly leader = signal<JamfLeaderDto | null>(null);
  /** The other server that does; null for none. */
  readonly elsewhere = computed(() => {
    const leader = this.leader();
    return leader === null || leader.iss === null || leader.is_me ? null : leader;
  });

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  private async load(): Promise<void> {
    try {
      this.leader.set((await this.api.invoke(getJamfConnection, {})).leader);
    } catch {
      // The page says what is wrong: it asks the same server.
    }
  }
}
