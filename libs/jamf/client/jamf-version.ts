/** What this server can do with a Jamf Pro server, by its version. */
export const capabilities = ['packages', 'distribution_points', 'sha3_512'] as const;
export type Capability = (typeof capabilities)[number];

/** The first versions: of `/v1/packages`, of `/v1/distribution-points`, and of package records with SHA3-512 (inferred from grahampugh/jamf-upload PR 374). */
const since: Readonly<Record<Capability, readonly [number, number]>> = {
  packages: [11, 5],
  distribution_points: [11, 16],
  sha3_512: [11, 25],
};

/** `11.30.0` of `11.30.0-t1782920582649`; null for what is no version. */
export const plainVersion = (text: unknown): string | null =>
  typeof text === 'string' ? (/^(\d{1,4}\.\d{1,4}(?:\.\d{1,6})?)(?:-|$)/.exec(text)?.[1] ?? null) : null;

export function capabilitiesOf(version: string): Capability[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return capabilities.filter((name) => {
    const [leastMajor, leastMinor] = since[name];
    return major > leastMajor || (major === leastMajor && minor >= leastMinor);
  });
}
