import type { Config } from '#libs/platform/config/config.js';
import { readStartId, writeStartId } from '#libs/platform/process/stop-mark.js';

/** A replica that writes its mark again and again. */
const config = { get: () => process.env['DATA_DIR'] } as unknown as Config;
for (let time = 0; time < 200; time += 1) writeStartId(config, `${process.pid}-${time}`);
if (readStartId(config) === null) throw new Error('The mark is gone.');
