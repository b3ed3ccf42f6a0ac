import type { FastifyRequest } from 'fastify';
import { checkMunkiPath, filenameKey } from '#libs/packages/filename.js';
import { ICON_HASHES } from '../catalogs/munki-catalogs.js';
import { MunkiShareReadOnly } from '../munki.errors.js';
import { Mwa2Refused } from './mwa2.errors.js';

export const MWA2_PATH = 'munki_api';
/** Below pkgs. */
export const SHARE = 'share/';

export type Mwa2Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a request is about. */
export interface Mwa2Target {
  /** A folder at the top of the repository, or catalogs. */
  readonly kind: string;
  /** Below it; empty for the folder. */
  readonly path: string;
}

/** The path in the repository. */
export const repositoryPath = ({ kind, path }: Mwa2Target): string => `${kind}/${path}`;

/** The kind is the one of the route that was found, however its letters were written in the URL. */
export function targetOf({ routeOptions, params }: Pick<FastifyRequest, 'routeOptions' | 'params'>): Mwa2Target {
  const [, , kind = '', ...rest] = routeOptions.url?.split('/') ?? [];
  const wildcard = (params as Record<string, string | undefined>)['*'];
  return { kind, path: wildcard ?? rest.join('/') };
}

const others = ['PUT', 'PATCH', 'DELETE'] as const;

/** A POST may stand for what its sender cannot send. */
export function methodOf({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): Mwa2Method {
  const meant = String(headers['x-methodoverride'] ?? '').toUpperCase();
  return method === 'POST' ? (others.find((each) => each === meant) ?? 'POST') : (method as Mwa2Method);
}

/** What each server makes itself: tools may write it, and nothing is done. */
export const isDerived = (target: Mwa2Target): boolean => target.kind === 'catalogs' || repositoryPath(target) === ICON_HASHES;

/** Throws what is wrong with a write, as far as the head of its request says. */
export function requireWritable(method: Mwa2Method, target: Mwa2Target): void {
  const { kind, path } = target;
  if (path === '') {
    if (method === 'DELETE') throw new Mwa2Refused('MassDeleteNotSupported', 403, 'Deleting all items is not supported.');
    if (method === 'POST') return; // the body names the file
    throw new Mwa2Refused('WrongHTTPMethodType', 400, 'The URL names no file. Perhaps this should be a POST request.');
  }
  if (kind === 'pkgs' && filenameKey(path).startsWith(SHARE)) throw new MunkiShareReadOnly();
  if (!isDerived(target) && method !== 'DELETE') checkMunkiPath(repositoryPath(target));
}

/** The name of a new file, in the URL or in what is sent with it; both may say the same. Throws Mwa2Refused. */
export function nameOf(inUrl: string, inBody: string | undefined): string {
  if (inUrl !== '' && inBody !== undefined && inBody !== inUrl)
    throw new Mwa2Refused('AmbiguousResourceName', 400, 'File name was specified in both URI and content data.');
  const name = inUrl || inBody;
  if (!name) throw new Mwa2Refused('NoResourceName', 400, 'File name was not specified in URI or content data.');
  return name;
}

/** `confirm=true`, as in the admin API (docs/mesh.md, "Mass change guard"). */
export const isConfirmed = (query: unknown): boolean => (query as { confirm?: unknown } | null)?.confirm === 'true';
