import { Injectable, Logger } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { isBlake3Fast } from '#libs/platform/crypto/block-digest.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { requireStages } from '../stage-limit.js';
import { Catalog } from '../catalog/catalog.js';
import type { Content } from '#libs/entities/content.entity.js';
import { ContentRepository } from '../content.repository.js';
import { DamagedContents, isDiskFault } from './damaged-contents.js';
import { hashContent, type ContentHashes } from './hash-content.js';
import { ContentNotHere } from '../packages.errors.js';
import type { Pace } from './pacer.js';
import { type PackageAddress, PackageFinder } from '../package-finder.js';

/** Reads content on disk again and compares it with what was promised. */
@Injectable()
export class VerificationService {
  private readonly logger = new Logger(VerificationService.name);

  constructor(
    private readonly finder: PackageFinder,
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
    private readonly catalog: Catalog,
    private readonly damaged: DamagedContents,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws StageNotYours. False: the bytes were damaged or gone; they are not served any more and are fetched again. */
  async verify(address: PackageAddress): Promise<{ isIntact: boolean; row: Package }> {
    const row = await this.finder.findToChange(address);
    requireStages(row.stage);
    if (row.status !== 'Public') throw new ContentNotHere(row.filename);
    const [content] = await this.contents.findFacts([row.uuid]);
    const isIntact = content !== undefined && (await this.hash(content))?.sha256 === content.sha256;
    if (isIntact) await this.contents.markVerified(row.uuid, this.clock.now());
    if (!isIntact) this.logger.error(`The content of ${row.filename} on disk is damaged; it is fetched again.`);
    return { isIntact, row: isIntact ? row : ((await this.damaged.withdrawClaim(row.uuid)) ?? row) };
  }

  /**
   * Whole content can lie on disk although its row says that it is absent: a power cut undid the last commit, or the disk was not
   * mounted at an earlier start. Then it is taken up instead of fetched. False when there is none, or none that is right.
   */
  async adopt(row: Package): Promise<boolean> {
    const hashes = await this.hash(row);
    if (hashes?.sha256 !== row.sha256) return false;
    this.logger.log(`${row.filename} (${row.uuid}) was found whole on disk.`);
    return (await this.catalog.markHeld(row.uuid, hashes.manifest)) !== null;
  }

  /** Like `verify`, for any version on disk; at a pace. False when it was damaged. */
  async scrub(content: Pick<Content, 'uuid' | 'size' | 'sha256'>, pace?: Pace): Promise<boolean> {
    if ((await this.hash(content, pace))?.sha256 === content.sha256) {
      await this.contents.markVerified(content.uuid, this.clock.now());
      return true;
    }
    // Removed, replaced or quarantined by another process while it was read: the next round checks it.
    const state = (await this.contents.findStates([content.uuid])).get(content.uuid);
    if (state === undefined || state === 'absent') return true;
    await this.damaged.withdrawClaim(content.uuid);
    return false;
  }

  /**
   * Computes what is not known of a content on disk: the root of one that has none, the digests of one that was verified by its root.
   * Blocks that match the root with a whole that does not have the author's SHA-256 are no damage: the author wrote something false.
   * Answers false for damage.
   */
  async complete(content: Content, pace: Pace): Promise<boolean> {
    const hashes = await this.hash(content, pace);
    const state = (await this.contents.findStates([content.uuid])).get(content.uuid);
    if (state === undefined || state === 'absent') return true; // removed while it was read
    if (hashes?.sha256 === content.sha256 && hashes.sha1 === content.sha1) await this.contents.setRoot(content.uuid, hashes.root, false);
    else if (hashes !== null && hashes.root.hash === content.rootHash) await this.damaged.condemn(content, hashes);
    else return this.scrub(content, pace);
    return true;
  }

  private async hash(content: Pick<Content, 'uuid' | 'size'> & Partial<Content>, pace?: Pace): Promise<ContentHashes | null> {
    const { uuid, size, rootAlg } = content;
    if (!(await this.store.has(uuid, size))) return null;
    const algorithm = rootAlg ?? (isBlake3Fast ? this.config.get('BLOCK_HASH') : 'sha256');
    try {
      return await hashContent(await this.store.open(uuid), algorithm, pace);
    } catch (error) {
      if (isDiskFault(error)) return null; // as good as damaged
      throw error;
    }
  }
}
