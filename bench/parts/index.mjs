import * as download from './download.mjs';
import * as many from './many.mjs';
import * as transfer from './transfer.mjs';
import * as upload from './upload.mjs';

/** What can be measured, by name. Each part answers its figures. */
export const parts = { upload, transfer, many, download };
