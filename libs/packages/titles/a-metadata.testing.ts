import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { filenameKey } from '../filename.js';

/** What was read in a content: a signed package, with what the test is about. */
export function aMetadata(changes: Partial<PackageMetadata> & Pick<PackageMetadata, 'uuid'>): PackageMetadata {
  const title = changes.title ?? 'Demo App';
  return {
    ...{ parser: 2, state: 'done', kind: 'product_archive', titleKey: 'com.example.demo', title, titleFolded: filenameKey(title) },
    ...{ version: '1.2.3', signer: 'Example (ABCDE12345)', teamId: 'ABCDE12345', signature: 'valid', anchor: 'apple' },
    ...{ json: '{"reason":null}', ms: 5, overruns: 0 },
    ...changes,
  };
}
