import { Foundation1790000000000 } from './1790000000000-foundation.js';

/** Every migration, in order. Forward only; never edited once released. */
export const migrations = [Foundation1790000000000];
