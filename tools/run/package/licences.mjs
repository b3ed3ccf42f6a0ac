import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../root.mjs';

const isLicence = /^(?:licen[cs]e|copying|notice)\b/i;
const RULE = '\n\n' + '-'.repeat(80) + '\n\n';

/** The licences of all packages that the server is made from: the bundle has their code, and not the files that came with it. @returns {string} */
export function licencesOfPackages() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const shipped = Object.entries(packages).filter(([place, { dev, devOptional }]) => place !== '' && !dev && !devOptional);
  const texts = shipped.flatMap(([place, { version, license }]) => {
    const directory = inRoot(place);
    if (!existsSync(directory)) return []; // for another system
    const files = readdirSync(directory).filter((name) => isLicence.test(name));
    const text = files.map((name) => readFileSync(path.join(directory, name), 'utf8').trim()).join('\n\n');
    return [`${place.replace(/^.*node_modules\//, '')} ${version}\n\n${text || `Licence: ${license ?? 'see its package'}`}`];
  });
  return `${texts.join(RULE)}\n`;
}
