import { Injectable } from '@nestjs/common';
import { Database } from '#libs/platform/database/database.js';
import { CatalogClockRepository } from './catalog/catalog-clock.repository.js';
import { ContentRepository } from './content.repository.js';
import { PackageVersionRepository } from './package-version.repository.js';
import { PackageRepository } from './package.repository.js';

/** Looked at in one step: others who write wait no longer than one takes. */
const PAGE = 500;

/**
 * Forgets contents whose bytes are not here, that no package has and no list of versions names. Else the row of each version that ever was,
 * with its lists of blocks, would stay for ever.
 */
@Injectable()
export class ForgottenContents {
  constructor(
    private readonly db: Database,
    private readonly clocks: CatalogClockRepository,
    private readonly contents: ContentRepository,
    private readonly packages: PackageRepository,
    private readonly versions: PackageVersionRepository,
  ) {}

  async remove(signal: AbortSignal): Promise<void> {
    for (let after = ''; !signal.aborted;) {
      const absent = await this.contents.findAbsentAfter(after, PAGE);
      if ((await this.unnamed(absent)).length > 0) await this.removeOf(absent);
      if (absent.length < PAGE) return;
      after = absent.at(-1)!;
    }
  }

  /** Under the catalog's lock: an entry that comes in meanwhile may name one of them. */
  private removeOf(uuids: readonly string[]): Promise<void> {
    return this.db.transaction(async () => {
      await this.clocks.lock();
      await this.contents.removeAbsent(await this.unnamed(uuids));
    });
  }

  private async unnamed(uuids: readonly string[]): Promise<string[]> {
    const named = new Set([...(await this.packages.findNamed(uuids)), ...(await this.versions.findNamed(uuids))]);
    return uuids.filter((uuid) => !named.has(uuid));
  }
}
