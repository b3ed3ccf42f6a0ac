import { X509Certificate } from 'node:crypto';
import { ContentInfo, SignedData } from 'pkijs';
import { Damaged } from './source.js';
import type { ChainLink, Signature } from './inspection-result.js';

/** SHA-256 of the root certificates of Apple: Apple Root CA, G2 and G3 (https://www.apple.com/certificateauthority/, 2026). */
const appleRoots: readonly string[] = [
  'b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024',
  'c2b9b042dd57830e7d117dac55ac8ae19407d38e41d88f3215bc3a890444a050',
  '63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179',
];

const field = (subject: string, name: string): string | null =>
  subject
    .split('\n')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? null;

const fingerprint = (certificate: X509Certificate): string => certificate.fingerprint256.replaceAll(':', '').toLowerCase();

export const linkOf = (certificate: X509Certificate): ChainLink => ({
  cn: field(certificate.subject, 'CN'),
  sha256: fingerprint(certificate),
});

/** Throws Damaged. */
export function certificateOf(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch {
    throw new Damaged('A certificate of its signature cannot be read.');
  }
}

const isIssuedBy = (subject: X509Certificate, issuer: X509Certificate): boolean =>
  issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);

/** Whether each certificate was issued by the next one, and the last is self-signed. */
export const isChain = (chain: readonly X509Certificate[]): boolean =>
  chain.length > 0 && chain.every((each, index) => isIssuedBy(each, chain[index + 1] ?? each));

const teamOf = ({ subject }: X509Certificate): string | null => {
  const unit = field(subject, 'OU');
  if (unit !== null && /^[A-Z0-9]{10}$/.test(unit)) return unit;
  return /\(([A-Z0-9]{10})\)$/.exec(field(subject, 'CN') ?? '')?.[1] ?? null;
};

export function signatureBy(chain: readonly X509Certificate[], state: Signature['state']): Signature {
  const [leaf] = chain;
  const last = chain.at(-1);
  return {
    state,
    common_name: leaf ? field(leaf.subject, 'CN') : null,
    team_id: leaf ? teamOf(leaf) : null,
    not_after: leaf ? new Date(leaf.validTo).toISOString() : null,
    chain: chain.map(linkOf),
    apple_anchor: state === 'valid' && last !== undefined && appleRoots.includes(fingerprint(last)),
  };
}

/** The signer that a CMS SignedData names; not verified. Throws Damaged. */
export function signatureInCms(cms: Buffer): Signature {
  return signatureBy(leafFirst(certificatesIn(cms).map(certificateOf)), 'present');
}

const MOST_CERTIFICATES = 20;

function certificatesIn(cms: Buffer): Buffer[] {
  try {
    const content = ContentInfo.fromBER(new Uint8Array(cms));
    const signed = new SignedData({ schema: content.content as unknown });
    return (signed.certificates ?? [])
      .slice(0, MOST_CERTIFICATES)
      .flatMap((each) => ('tbsView' in each ? [Buffer.from(each.toSchema().toBER())] : []));
  } catch (error) {
    throw new Damaged(`Its signature cannot be read: ${(error as Error).message}`);
  }
}

/** The certificate that issued no other one, then its issuers. */
function leafFirst(certificates: readonly X509Certificate[]): X509Certificate[] {
  const issued = (each: X509Certificate): boolean => certificates.some((other) => other !== each && other.checkIssued(each));
  const chain = certificates.filter((each) => !issued(each)).slice(0, 1);
  for (let next = chain[0]; next && chain.length <= certificates.length;) {
    const subject = next;
    next = certificates.find((each) => !chain.includes(each) && subject.checkIssued(each));
    if (next) chain.push(next);
  }
  return chain;
}
