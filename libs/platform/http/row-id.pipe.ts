import { Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidRequest } from '../errors/common.errors.js';

/** The largest number that an id column holds; PostgreSQL refuses to look for a larger one. */
const LARGEST = 2 ** 31 - 1;

/** The number of a row in a path. */
@Injectable()
export class RowIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (id <= LARGEST) return id;
    throw new InvalidRequest([{ pointer: '/id', detail: `The id must be a whole number up to ${LARGEST}.` }]);
  }
}
