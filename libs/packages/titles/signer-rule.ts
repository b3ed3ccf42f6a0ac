import { Injectable } from '@nestjs/common';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { mayActAs } from '#libs/platform/admin-api/roles.decorator.js';
import { requestContext } from '#libs/platform/logging/request-context.js';
import type { Stage } from '#libs/replication/stage.js';
import { SignerUnconfirmed } from '../packages.errors.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';
import { RelatedPackages } from './related-packages.js';
import { describeSigning, isSigned } from './signer-change.js';
import { SignerRuleRepository } from './signer-rule.repository.js';

/** Kinds that carry no signature of their own: repositories of Debian packages are signed, not packages. */
const kindsWithoutSignature = ['deb'];

const mayAgree = (): boolean => {
  const role = requestContext()?.actor?.role;
  return role !== undefined && mayActAs(role, 'admin');
};

/** The optional rule: a package whose signer is another, missing or not known needs an administrator's consent to come to Prod. */
@Injectable()
export class SignerRule {
  constructor(
    private readonly rules: SignerRuleRepository,
    private readonly metadata: PackageMetadataRepository,
    private readonly related: RelatedPackages,
  ) {}

  /** Answers what an administrator agreed to; null when there was nothing to agree to. Throws SignerUnconfirmed. */
  async check(row: Package, to: Stage | undefined, isConfirmed: boolean): Promise<string | null> {
    if (to !== 'Prod' || row.stage === 'Prod' || !(await this.rules.isOn())) return null;
    const objection = await this.objectionTo(row, await this.metadata.find(row.uuid));
    if (objection !== null && !(isConfirmed && mayAgree())) throw new SignerUnconfirmed(objection);
    return objection;
  }

  private async objectionTo(row: Package, metadata: PackageMetadata | null): Promise<string | null> {
    if (metadata === null || metadata.state === 'waiting')
      return `${row.filename} is not inspected on this server yet, so its signer is not known.`;
    if (metadata.state === 'unknown_kind') return null;
    if (metadata.state !== 'done') return `This server could not read ${row.filename}, so its signer is not known.`;
    const { signerChange } = await this.related.of(row, metadata);
    if (signerChange) return signerChange.sentence;
    const isMissing = isSigned(metadata) === false && !kindsWithoutSignature.includes(metadata.kind ?? '');
    return isMissing ? `${row.filename} is ${describeSigning(metadata)}.` : null;
  }
}
