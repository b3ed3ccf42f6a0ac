import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { InvalidRequest } from '../errors/common.errors.js';

/** Enough to mend a form; a hostile body with a million fields gets no answer of its own size. */
const FAULTS_SHOWN = 100;

function flatten(errors: ValidationError[], parent = ''): { pointer: string; detail: string }[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${error.property.replace(/~/g, '~0').replace(/\//g, '~1')}`; // RFC 6901
    const own = Object.values(error.constraints ?? {}).map((text) => ({ pointer, detail: `${text}.`.replace(/\.\.$/, '.') }));
    return [...own, ...flatten(error.children ?? [], pointer)];
  });
}

/** Bodies and queries become their DTO classes; unknown fields are refused, every fault is named. */
export const validation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new InvalidRequest(flatten(errors.slice(0, FAULTS_SHOWN)).slice(0, FAULTS_SHOWN)),
  });
