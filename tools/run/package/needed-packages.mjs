import { readFileSync } from 'node:fs';
import { Failure } from '../failure.mjs';
import { inRoot } from '../root.mjs';

/**
 * The places in node_modules of these packages and of all that they depend on, from the lock file.
 * @param {readonly string[]} names @returns {string[]} throws a Failure when one is not in the lock file
 */
export function packagesNeededBy(names) {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const found = new Set();
  const add = (/** @type {string} */ name, /** @type {string} */ from) => {
    const place = placesFor(name, from).find((each) => packages[each] !== undefined);
    if (place === undefined) throw new Failure(`package-lock.json has no ${name}, which ${from || 'the server'} needs.`);
    if (found.has(place)) return;
    found.add(place);
    for (const each of Object.keys(packages[place].dependencies ?? {})) add(each, place);
  };
  for (const name of names) add(name, '');
  return [...found].sort();
}

/** Where Node looks for a package, the nearest first. @param {string} name @param {string} from */
function placesFor(name, from) {
  const places = [];
  for (let at = from; at !== ''; at = at.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) places.push(`${at}/node_modules/${name}`);
  return [...places, `node_modules/${name}`];
}
