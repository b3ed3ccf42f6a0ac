import { distance } from 'fastest-levenshtein';
import { nearestName } from '../format/nearest-name.js';

/** Names of the reference documents that mean nothing here. */
const ofTheReference = ['CELERY_BACKEND', 'CELERY_BACKEND_URL'];
/** What Node, its libraries and the system read for themselves. */
const ofOthers = /^(NODE_|OTEL_|SSL_CERT_|UV_|TZ$|LANG$|LC_|PATH$|HOME$)/;
const SHORTEST = 8;

const sorted = (name: string): string => [...name].sort().join('');
const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** In a file of settings every name is meant for ODS. Answers what completes the name, for each that is none. */
export function faultsOfFile(names: readonly string[], known: readonly string[]): string[] {
  const unknown = names.filter((name) => !known.includes(name) && !ofTheReference.includes(name) && !ofOthers.test(name));
  return unknown.map((name) => {
    const nearest = nearestName(name, known);
    return `has the setting ${name}, which is not known. ${nearest === null ? 'docs/configuration.md lists all.' : `Did you mean ${nearest}?`}`;
  });
}

/**
 * The setting that a variable of the environment was most likely meant for; null for what may belong to another program. The environment is
 * everybody's, so the name must differ in nothing but case, a prefix ODS_, or a letter or two of a long name.
 */
function meantBy(name: string, known: readonly string[]): string | null {
  if (known.includes(name) || ofTheReference.includes(name) || ofOthers.test(name)) return null;
  const bare = name.replace(/^ODS_/, '');
  if (bare !== name) return known.includes(bare) ? bare : longTypo(bare, known);
  return longTypo(name, known);
}

function longTypo(name: string, known: readonly string[]): string | null {
  const wanted = plain(name);
  if (!name.includes('_') && wanted === name.toLowerCase() && name !== name.toUpperCase()) return null; // path, host: words of a shell
  const near = known.filter((each) => each.includes('_') && plain(each)[0] === wanted[0]);
  const same = near.find((each) => plain(each) === wanted);
  if (same !== undefined) return same;
  if (wanted.length < SHORTEST || !name.includes('_')) return null;
  const isNear = (known: string): boolean => {
    const letters = distance(known, wanted);
    return letters <= (known.length >= 14 ? 2 : 1) || (letters === 2 && sorted(known) === sorted(wanted)); // two letters exchanged
  };
  return near.find((each) => isNear(plain(each))) ?? null;
}

/** Faults of the environment: `TRUST_PORXY` completed by "is not known. Did you mean TRUST_PROXY?". */
export function faultsOfEnvironment(names: readonly string[], known: readonly string[]): { name: string; fault: string }[] {
  return names.flatMap((name) => {
    const meant = meantBy(name, known);
    return meant === null ? [] : [{ name, fault: `is not known. Did you mean ${meant}?` }];
  });
}
