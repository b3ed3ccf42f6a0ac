import { SetMetadata } from '@nestjs/common';

export const BEFORE_PASSWORD_CHANGE = 'ods:before-password-change';

/** Open to a user who still has to set a password of their own. Everything else refuses such a user. */
export const AllowBeforePasswordChange = (): MethodDecorator => SetMetadata(BEFORE_PASSWORD_CHANGE, true);
