import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { makeChecksums } from './package/checksums.mjs';
import { makeDeb } from './package/deb.mjs';
import { makeMacosPkg } from './package/macos-pkg.mjs';
import { makeMsi } from './package/msi.mjs';
import { packageOptions } from './package/options.mjs';
import { makeRpm } from './package/rpm.mjs';
import { makeSbom } from './package/sbom.mjs';
import { elapsed, say, step } from './step.mjs';

const formats = {
  deb: { title: 'Debian package', make: makeDeb },
  rpm: { title: 'package for RHEL', make: makeRpm },
  pkg: { title: 'macOS package', make: makeMacosPkg },
  msi: { title: 'Windows installer', make: makeMsi },
  sbom: { title: 'bill of materials (CycloneDX)', make: makeSbom },
};

/**
 * `npm run package:all [-- --out DIR] [--version V] [--compression none] [--only rpm]`: every installer, what they are made from, and their
 * checksums. Prints the files.
 * @param {string[]} args
 */
export default async function packageAll(args) {
  const options = packageOptions(args);
  const wanted = options.only.length === 0 ? Object.keys(formats) : options.only;
  const unknown = wanted.filter((name) => !Object.hasOwn(formats, name));
  if (unknown.length > 0) throw new Failure(`There is no "${unknown.join(', ')}". Formats: ${Object.keys(formats).join(', ')}.`);
  await ensureBuilt('server', 'console');
  const files = [];
  for (const name of wanted) {
    const { title, make } = formats[name];
    files.push(await step(`Making the ${title}`, () => make(options)));
  }
  files.push(await makeChecksums(options.out, files));
  for (const file of files) say(file);
  say(`Took ${elapsed()}.`);
}
