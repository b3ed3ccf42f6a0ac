import { Foundation1790000000000 } from './1790000000000-foundation.js';
import { Removals1790000006000 } from './1790000006000-removals.js';

/** Every migration, in order. Forward only; never edited once released. */
export const migrations = [Foundation1790000000000, Removals1790000006000];
