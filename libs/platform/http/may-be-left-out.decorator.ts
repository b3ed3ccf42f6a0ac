import { ValidateIf } from 'class-validator';

/** The field may be missing. Unlike @IsOptional this does not let `null` through, which is a value, and a wrong one. */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
