import { readOrCreateKey } from './keys.js';

/** One of several processes of keys.spec.ts that start at once: prints the key it got. */
process.stdout.write(readOrCreateKey(process.argv[2]!, 'secret.key'));
