import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { RegistrationModule } from '#libs/peers/peers.module.js';
import { AuthorKeyRepository } from './author-key.repository.js';
import { AuthorKeys } from './author-keys.js';
import { AuthorRightsService } from './author-rights.service.js';
import { AuthorsController } from './authors.controller.js';
import { RefusedWriteRepository } from './refused-write.repository.js';
import { RefusedWritesController } from './refused-writes.controller.js';
import { RefusedWritesService } from './refused-writes.service.js';
import { RefusedWrites } from './refused-writes.js';
import { WriteReader } from './write-reader.js';

/** Who may write what: keys of authors, signatures, rights, what was refused. */
@Module({
  imports: [PackagesModule, RegistrationModule],
  providers: [
    AuthorKeyRepository,
    AuthorKeys,
    AuthorRightsService,
    RefusedWriteRepository,
    RefusedWrites,
    RefusedWritesService,
    WriteReader,
  ],
  exports: [AuthorKeys, AuthorRightsService, RefusedWriteRepository, RefusedWrites, RefusedWritesService, WriteReader],
})
export class TrustModule {}

/** Routes, for apps/api. */
@Module({ imports: [TrustModule], controllers: [AuthorsController, RefusedWritesController] })
export class TrustHttpModule {}
