import * as delta from './delta.mjs';
import * as download from './download.mjs';
import * as entries from './entries.mjs';
import * as latency from './latency.mjs';
import * as line from './line.mjs';
import * as many from './many.mjs';
import * as sources from './sources.mjs';
import * as transfer from './transfer.mjs';
import * as upload from './upload.mjs';

/** What can be measured, by name. Each part answers its figures. */
export const parts = { upload, transfer, many, download, latency, line, sources, entries, delta };
