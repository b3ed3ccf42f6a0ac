import { type ArgumentMetadata, ValidationPipe, type ValidationError } from '@nestjs/common';
import { faultOfText } from '#libs/replication/plain-text.js';
import { getMetadataStorage } from 'class-validator';
import { InvalidRequest, pointerPart } from '../errors/common.errors.js';
import { unknownName } from '../format/nearest-name.js';

/** Enough to correct a form; a hostile body with many fields gets no answer of its own size. */
const FAULTS_SHOWN = 100;

/** The constraint that class-validator reports for a property without a decorator. */
const UNKNOWN = 'whitelistValidation';

/** The fields that a DTO class has; none for what is no DTO. */
function fieldsOf(dto: ArgumentMetadata['metatype']): string[] {
  if (!dto) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}

const fieldsOfObject = (target: object | undefined): string[] => fieldsOf(target?.constructor as ArgumentMetadata['metatype']);

function faultsOf({ constraints = {}, property, target }: ValidationError, kind: string): string[] {
  return Object.entries(constraints).map(([name, text]) => (name === UNKNOWN ? unknownName(kind, property, fieldsOfObject(target)) : text));
}

const sentence = (text: string): string => (/[.?]$/.test(text) ? text : `${text}.`);

function flatten(errors: ValidationError[], kind: string, parent = ''): { pointer: string; detail: string }[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${pointerPart(error.property)}`;
    const own = faultsOf(error, kind).map((text) => ({ pointer, detail: sentence(text) }));
    return [...own, ...flatten(error.children ?? [], kind, pointer)];
  });
}

const options = {
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: false,
  validationError: { target: true, value: false },
} as const;

const refusal = (errors: ValidationError[], kind: string): InvalidRequest =>
  new InvalidRequest(flatten(errors.slice(0, FAULTS_SHOWN), kind).slice(0, FAULTS_SHOWN));

/** What messages between servers are read as: there one bad item must not spoil the others, so each is checked where it is read. */
const plain: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Array]);

function textFaults(value: unknown, pointer = ''): { pointer: string; detail: string }[] {
  if (typeof value === 'string') {
    const fault = faultOfText(value);
    return fault === null ? [] : [{ pointer, detail: `The text ${fault}` }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textFaults(each, `${pointer}/${name}`));
}

/**
 * Messages distinguish query parameters from fields. Names that the DTO does not declare are set aside before
 * anything is made of the value: class-transformer takes a time that grows with the square of their number.
 */
class NamingValidationPipe extends ValidationPipe {
  private readonly queries = new ValidationPipe({ ...options, exceptionFactory: (errors) => refusal(errors, 'query parameter') });

  constructor() {
    super({ ...options, exceptionFactory: (errors) => refusal(errors, 'field') });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const declared = fieldsOf(metadata.metatype);
    if (declared.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return this.checked(value, metadata);
    const strange = Object.keys(value).filter((name) => !declared.includes(name));
    if (strange.length === 0) return this.checked(value, metadata);
    const kind = metadata.type === 'query' ? 'query parameter' : 'field';
    const faults = strange
      .slice(0, FAULTS_SHOWN)
      .map((name) => ({ pointer: `/${pointerPart(name)}`, detail: sentence(unknownName(kind, name, declared)) }));
    const known = Object.fromEntries(Object.entries(value).filter(([name]) => declared.includes(name)));
    throw new InvalidRequest([...faults, ...(await this.faultsIn(known, metadata))].slice(0, FAULTS_SHOWN));
  }

  private async checked(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const pipe = metadata.type === 'query' ? this.queries.transform(value, metadata) : super.transform(value, metadata);
    const transformed: unknown = await pipe;
    // What decorators hand over (the calling server, the signed-in account) was not sent with this request.
    const isSent = metadata.type === 'body' || metadata.type === 'query';
    const isDto = isSent && metadata.metatype !== undefined && !plain.has(metadata.metatype);
    const faults = isDto ? textFaults(transformed) : [];
    if (faults.length > 0) throw new InvalidRequest(faults.slice(0, FAULTS_SHOWN));
    return transformed;
  }

  private async faultsIn(value: unknown, metadata: ArgumentMetadata): Promise<{ pointer: string; detail: string }[]> {
    try {
      await this.checked(value, metadata);
      return [];
    } catch (error) {
      if (error instanceof InvalidRequest) return error.details.errors;
      throw error;
    }
  }
}

/** Bodies and queries become their DTO classes; unknown fields are refused with the name that was meant, every fault is named. */
export const validation = (): ValidationPipe => new NamingValidationPipe();
