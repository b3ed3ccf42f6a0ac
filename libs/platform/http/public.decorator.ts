import { SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'ods:public';

/** Served without a sign-in. Everything else under /api/admin needs one; the peer API has its own guard. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(IS_PUBLIC, true);
