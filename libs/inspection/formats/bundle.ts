import { type ComponentFacts } from './inspection-result.js';
import { plistTexts } from './plist.js';

/** What the Info.plist of a bundle says. */
export interface BundleInfo {
  readonly id: string | null;
  readonly title: string | null;
  readonly version: string | null;
  /** The one that people see, where there is one. */
  readonly shortVersion: string | null;
  readonly minOs: string | null;
}

/** Throws Damaged or OverLimit. */
export function readBundleInfo(plist: Buffer): BundleInfo {
  const texts = plistTexts(plist);
  const shortVersion = texts.get('CFBundleShortVersionString') ?? null;
  return {
    id: texts.get('CFBundleIdentifier') ?? null,
    title: texts.get('CFBundleDisplayName') ?? texts.get('CFBundleName') ?? null,
    version: shortVersion ?? texts.get('CFBundleVersion') ?? null,
    shortVersion,
    minOs: texts.get('LSMinimumSystemVersion') ?? null,
  };
}

/** A bundle as a component of its package; none when it has no identifier. */
export const componentsOf = ({ id, version }: BundleInfo): ComponentFacts[] =>
  id === null ? [] : [{ identifier: id, version, install_location: null, bundles: [{ id, version }] }];
