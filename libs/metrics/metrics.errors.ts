import { DomainError } from '#libs/platform/errors/domain-error.js';

/** The scraper may not read figures. */
export class MetricsForbidden extends DomainError {
  readonly code = 'metrics-forbidden';
  readonly status = 403;

  constructor() {
    super('Metrics are for this machine only, or for those who send METRICS_TOKEN as a bearer token when it is set.');
  }
}
