import { register } from 'node:module';

/** `node --conditions=source --import …/register-typescript.mjs file.ts`: how tests start real processes of ours without a build. */
register('./typescript-hooks.mjs', import.meta.url);
