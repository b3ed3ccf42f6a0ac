import type { DomainEvent } from '#libs/entities/domain-event.entity.js';

/**
 * Receives every event, in order, once its transaction has committed: in a transaction that also moves its position on, so that
 * each event is taken exactly once. It only writes down what is to be done (jobs, rows).
 */
export interface EventConsumer {
  /** Names its position; never changes. */
  readonly name: string;
  take(events: readonly DomainEvent[]): Promise<void>;
}
