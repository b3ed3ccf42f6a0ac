import { Gauge, Registry } from 'prom-client';

/** Values read from the database and the disk on each scrape, so that none is out of date. */
export class Gauges {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  readonly ready = this.gauge('ods_ready', '1 when /readyz says ready or degraded, else 0.');
  readonly degraded = this.gauge('ods_degraded', '1 when something waits or goes slower than it should; /readyz says why.');
  readonly packages = this.gauge('ods_packages', 'Packages by their status on this server.', ['status']);
  readonly packageBytes = this.gauge('ods_package_bytes', 'Bytes of packages by their status on this server.', ['status']);
  readonly copies = this.gauge('ods_packages_by_copies', 'Packages by their verified copies in the mesh: none, one, several.', ['copies']);
  readonly uncheckedContents = this.gauge(
    'ods_contents_unchecked',
    'Contents on disk of which the root, or the digests that their author gave, are still to be computed.',
    ['what'],
  );
  readonly jamfRecords = this.gauge('ods_jamf_records', 'Packages by the state of their record in Jamf Pro, as last compared.', ['state']);
  readonly jamfCompared = this.gauge(
    'ods_jamf_compared_seconds',
    'For how long packages have not been compared with Jamf Pro to the end; absent without a connection, before the first time, and where another server does.',
  );
  readonly jamfLeader = this.gauge(
    'ods_jamf_leader',
    'Whether this server keeps Jamf Pro in step: 1 when it does, 0 when another one does or none; absent without a connection.',
  );
  readonly jamfChecks = this.gauge(
    'ods_jamf_checks',
    'Packages at distribution points by what a computer would get there, as last tried.',
    ['state'],
  );
  readonly tlsEnds = this.gauge(
    'ods_tls_certificate_end_timestamp_seconds',
    'When the certificate of this server ends; absent where a proxy ends TLS.',
  );
  readonly transfers = this.gauge('ods_transfers', 'Fetches from other servers by state.', ['state']);
  readonly jobs = this.gauge('ods_jobs', 'Jobs waiting or running, by type and state.', ['type', 'state']);
  readonly oldestJob = this.gauge('ods_job_oldest_due_seconds', 'For how long the job that waits longest has been due.');
  readonly peerLag = this.gauge('ods_peer_lag_entries', 'Catalog changes that a registered server has not acknowledged.', ['peer']);
  readonly peerUnreachable = this.gauge(
    'ods_peer_unreachable_seconds',
    'For how long a registered server has not answered; 0 when it does.',
    ['peer'],
  );
  readonly peers = this.gauge('ods_peers', 'Registered servers.');
  readonly peersUnreachable = this.gauge('ods_peers_unreachable', 'Registered servers that do not answer.');
  readonly clockOffset = this.gauge(
    'ods_clock_offset_seconds',
    "The median of the registered servers' clocks minus this server's; negative when this one is ahead.",
  );
  readonly peerClockOffset = this.gauge('ods_peer_clock_offset_seconds', "A registered server's clock minus this server's.", ['peer']);
  readonly diskFree = this.gauge('ods_disk_free_bytes', 'Free space where the packages are.');
  readonly diskReserve = this.gauge('ods_disk_reserve_bytes', 'Free space that uploads and transfers never eat.');

  readonly backupSucceeded = this.gauge(
    'ods_backup_last_success_timestamp_seconds',
    'When the last scheduled backup was made; absent without BACKUP_DIR, or before the first.',
  );
  readonly backupFailed = this.gauge(
    'ods_backup_last_failure_timestamp_seconds',
    'When a scheduled backup last failed; absent when none has.',
  );
  readonly backupPeriod = this.gauge('ods_backup_period_seconds', 'How often a backup is made; absent without BACKUP_DIR.');

  private gauge<T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: this.registers });
  }
}
