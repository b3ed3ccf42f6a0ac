import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault } from '../client/jamf-fault.js';
import { capabilitiesOf, plainVersion } from '../client/jamf-version.js';
import { PackageRecords } from '../client/package-records.js';

/** sign_in: a token was given. version: Jamf Pro has the API that is used. packages, categories: what the API role may read. */
export const stepNames = ['sign_in', 'version', 'packages', 'categories'] as const;
export type StepName = (typeof stepNames)[number];

export interface TestStep {
  readonly name: StepName;
  readonly ok: boolean;
  /** A sentence for administrators. */
  readonly detail: string;
  readonly missingPrivilege: string | null;
}

export interface ConnectionTested {
  readonly steps: readonly TestStep[];
  readonly version: string | null;
}

type Check = (client: JamfClient) => Promise<string>;

/** The version of a Jamf Pro server. Throws JamfFault. */
export async function versionOf(client: JamfClient): Promise<string> {
  const { version } = await client.call({ method: 'GET', path: '/api/v1/jamf-pro-version', privilege: null });
  const plain = plainVersion(version);
  if (plain === null) throw new JamfFault('unreadable', 'The server does not say which version of Jamf Pro it is.');
  return plain;
}

const readPackages: Check = async (client) => {
  await new PackageRecords(client).requireReadable();
  return 'Package records can be read.';
};

const readCategories: Check = async (client) => {
  const query = { page: '0', 'page-size': '1' };
  await client.call({ method: 'GET', path: '/api/v1/categories', query, privilege: 'Read Categories' });
  return 'Categories can be read.';
};

async function stepOf(name: StepName, check: () => Promise<string>): Promise<TestStep> {
  try {
    return { name, ok: true, detail: await check(), missingPrivilege: null };
  } catch (error) {
    if (!(error instanceof JamfFault)) throw error;
    return { name, ok: false, detail: error.message, missingPrivilege: error.privilege };
  }
}

/** Tries what the connection is used for, in order; ends where nothing further can work. Writes nothing in Jamf Pro. */
export async function testConnection(client: JamfClient): Promise<ConnectionTested> {
  const steps: TestStep[] = [];
  const attempt = async (name: StepName, check: () => Promise<string>): Promise<boolean> => {
    const step = await stepOf(name, check);
    steps.push(step);
    return step.ok;
  };
  const signIn = async (): Promise<string> => {
    await client.signIn();
    return 'Jamf Pro accepts the sign-in.';
  };
  if (!(await attempt('sign_in', signIn))) return { steps, version: null };
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
  return { steps, version };
}
