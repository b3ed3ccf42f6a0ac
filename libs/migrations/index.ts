import { Foundation1790000000000 } from './1790000000000-foundation.js';
import { ApiTokens1790000001000 } from './1790000001000-api-tokens.js';
import { ResumableUploads1790000001100 } from './1790000001100-resumable-uploads.js';
import { IdempotencyKeys1790000001200 } from './1790000001200-idempotency-keys.js';
import { Events1790000002000 } from './1790000002000-events.js';
import { Webhooks1790000002100 } from './1790000002100-webhooks.js';
import { ServerStates1790000004000 } from './1790000004000-server-states.js';
import { Removals1790000006000 } from './1790000006000-removals.js';
import { Limits1790000006100 } from './1790000006100-limits.js';
import { Scrub1790000006200 } from './1790000006200-scrub.js';
import { Mail1790000007000 } from './1790000007000-mail.js';

/** Every migration, in order. Forward only; never edited once released. */
export const migrations = [
  Foundation1790000000000,
  ApiTokens1790000001000,
  ResumableUploads1790000001100,
  IdempotencyKeys1790000001200,
  Events1790000002000,
  Webhooks1790000002100,
  ServerStates1790000004000,
  Removals1790000006000,
  Limits1790000006100,
  Scrub1790000006200,
  Mail1790000007000,
];
