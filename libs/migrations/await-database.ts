import type { LoggerService } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#libs/platform/config/config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { isConnectionLoss } from '#libs/platform/database/transient-errors.js';
import type { WaitingRoom } from '#libs/platform/http/waiting-room.js';
import { prepareDatabase } from './prepare-database.js';

const TRY_EVERY_MS = 1_000;

export interface WaitingPlace {
  readonly room: WaitingRoom;
  readonly host: string;
  /** Null for a worker without a port. */
  readonly port: number | null;
}

/**
 * Like `prepareDatabase`, and waits for a database server that does not answer: machines and containers start in any order. Opens the room
 * meanwhile and leaves it open, so that requests are answered until the server itself answers them. Throws for what waiting does not mend (a password, a newer database).
 */
export async function awaitDatabase(config: Config, logger: LoggerService, { room, host, port }: WaitingPlace): Promise<DataSource> {
  for (let tries = 1; ; tries += 1) {
    try {
      const dataSource = await prepareDatabase(config.get('database'));
      if (tries > 1) logger.log('The database answers: the start continues.', 'ODS');
      return dataSource;
    } catch (error) {
      if (!isConnectionLoss(error) && !isConnectionLoss((error as Error).cause)) throw error;
      if (tries === 1) logger.warn(`${(error as Error).message} The start waits for it, and requests are answered 503.`, 'ODS');
    }
    if (port !== null && !room.isOpen) await room.open(host, port);
    await sleep(TRY_EVERY_MS);
  }
}
