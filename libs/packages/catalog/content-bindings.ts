import { Injectable } from '@nestjs/common';
import type { ContentFacts } from '#libs/replication/content-facts.js';
import type { Entry } from '#libs/replication/entry.js';
import { ContentRepository } from '../content.repository.js';
import { filenameKey } from '../filename.js';
import { PackageRepository } from '../package.repository.js';

type Claim = Pick<Entry, 'filename' | 'uuid' | 'size' | 'sha1' | 'sha256' | 'manifestSha256'>;

export const factsOf = ({ filename, size, sha1, sha256, manifestSha256 }: Claim): ContentFacts => ({
  filenameKey: filenameKey(filename),
  size,
  sha1,
  sha256: sha256 || null, // empty when its author had not computed it yet
  manifestSha256,
});

/**
 * Holds every uuid to what it was bound to first: a name, a size and hashes. Contents are kept and served by their uuid, so an entry
 * that gives a known one to another name or to other bytes would act on a content that is not its own (docs/adr/0022).
 */
@Injectable()
export class ContentBindings {
  constructor(
    private readonly contents: ContentRepository,
    private readonly packages: PackageRepository,
  ) {}

  /** What these uuids stand for here, as far as they are known. */
  async known(uuids: readonly string[]): Promise<Map<string, ContentFacts>> {
    const known = new Map<string, ContentFacts>();
    for (const content of await this.contents.findFacts(uuids)) known.set(content.uuid, { ...content, sha256: content.sha256 || null });
    // The entry of a name that was deleted before its content was known has no content row.
    const rest = uuids.filter((uuid) => !known.has(uuid));
    for (const row of await this.packages.findByUuids(rest)) known.set(row.uuid, factsOf(row));
    return known;
  }
}
