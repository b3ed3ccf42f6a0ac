import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { DistributionPoints } from '../client/distribution-points.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault } from '../client/jamf-fault.js';
import { capabilitiesOf, plainVersion } from '../client/jamf-version.js';
import { countNetworkSegments } from '../client/network-segments.js';
import { PackageRecords } from '../client/package-records.js';

/**
 * reach: there is a web server at the address. sign_in: a token was given. version: Jamf Pro has the API that is used. The others: what the API
 * role may read.
 */
export const stepNames = ['reach', 'sign_in', 'version', 'packages', 'categories', 'distribution_points', 'network_segments'] as const;
export type StepName = (typeof stepNames)[number];

export interface TestStep {
  readonly name: StepName;
  readonly ok: boolean;
  /** Whether the settings and rules ask for something that does not work without it. */
  readonly isNeeded: boolean;
  /** A sentence for administrators. */
  readonly detail: string;
  readonly missingPrivilege: string | null;
}

export interface ConnectionTested {
  readonly steps: readonly TestStep[];
  readonly version: string | null;
}

/** What is done with the connection, by the settings and the rules. */
export interface ConnectionUse extends Pick<JamfConnection, 'managePoints'> {
  /** Whether a rule names a category. */
  readonly namesCategories: boolean;
}

/** Steps without which some of what this server does still works, and when they are needed. */
const neededWhen: Readonly<Partial<Record<StepName, (use: ConnectionUse) => boolean>>> = {
  categories: ({ namesCategories }) => namesCategories,
  distribution_points: ({ managePoints }) => managePoints,
  network_segments: () => false,
};

/** The version of a Jamf Pro server. Throws JamfFault. */
export async function versionOf(client: JamfClient): Promise<string> {
  const { version } = await client.call({ method: 'GET', path: '/api/v1/jamf-pro-version', privilege: null });
  const plain = plainVersion(version);
  if (plain === null) throw new JamfFault('unreadable', 'The server does not say which version of Jamf Pro it is.');
  return plain;
}

/** Throws JamfFault. */
export function requirePoints(version: string): void {
  if (!capabilitiesOf(version).includes('distribution_points'))
    throw new JamfFault('rejected', `This is Jamf Pro ${version}; distribution points can be kept from 11.16 on. Keep them by hand.`);
}

const reach = async (client: JamfClient): Promise<string> => {
  await client.reach();
  return `There is an answer from ${new URL(client.credentials.url).host}.`;
};

const signIn = async (client: JamfClient): Promise<string> => {
  await client.signIn();
  return 'Jamf Pro accepts the sign-in.';
};

const readPackages = async (client: JamfClient): Promise<string> => {
  await new PackageRecords(client).requireReadable();
  return 'Package records can be read.';
};

const readCategories = async (client: JamfClient): Promise<string> => {
  const query = { page: '0', 'page-size': '1' };
  await client.call({ method: 'GET', path: '/api/v1/categories', query, privilege: 'Read Categories' });
  return 'Categories can be read.';
};

const readPoints = async (client: JamfClient, version: string): Promise<string> => {
  requirePoints(version);
  await new DistributionPoints(client).requireReadable();
  return 'Distribution points can be read.';
};

const readSegments = async (client: JamfClient): Promise<string> => {
  await countNetworkSegments(client);
  return 'Network segments can be read.';
};

/** Tries what the connection is used for, in order; ends where nothing further can work. Writes nothing in Jamf Pro. */
export async function testConnection(client: JamfClient, use: ConnectionUse): Promise<ConnectionTested> {
  const steps: TestStep[] = [];
  const attempt = async (name: StepName, check: () => Promise<string>): Promise<boolean> => {
    const isNeeded = neededWhen[name]?.(use) ?? true;
    const step = { name, isNeeded, ...(await outcomeOf(check)) };
    steps.push(step);
    return step.ok;
  };
  if (!(await attempt('reach', () => reach(client)))) return { steps, version: null };
  if (!(await attempt('sign_in', () => signIn(client)))) return { steps, version: null };
  let version: string | null = null;
  const readVersion = async (): Promise<string> => {
    version = await versionOf(client);
    if (!capabilitiesOf(version).includes('packages'))
      throw new JamfFault('rejected', `This is Jamf Pro ${version}; package records can be read from 11.5 on.`);
    return `This is Jamf Pro ${version}.`;
  };
  if (!(await attempt('version', readVersion))) return { steps, version };
  await attempt('packages', () => readPackages(client));
  await attempt('categories', () => readCategories(client));
  await attempt('distribution_points', () => readPoints(client, version!));
  await attempt('network_segments', () => readSegments(client));
  return { steps, version };
}

async function outcomeOf(check: () => Promise<string>): Promise<Pick<TestStep, 'ok' | 'detail' | 'missingPrivilege'>> {
  try {
    return { ok: true, detail: await check(), missingPrivilege: null };
  } catch (error) {
    if (!(error instanceof JamfFault)) throw error;
    return { ok: false, detail: error.message, missingPrivilege: error.privilege };
  }
}
