import { isStapled, signatureOf } from './flat-signature.js';
import { type BundleFacts, type ComponentFacts, type Inspection, inspectionOf } from './inspection-result.js';
import { Damaged, OverLimit, type Source } from './source.js';
import { Xar } from './xar.js';
import { walkXml } from './xml.js';

const MOST_COMPONENTS = 500;
const MOST_BUNDLES = 500;

interface Component extends ComponentFacts {
  readonly installKb: number;
  readonly restarts: boolean;
  readonly hasScripts: boolean;
}

interface Product {
  title: string | null;
  id: string | null;
  version: string | null;
  minOs: string | null;
  architectures: string[];
}

/** A flat package of macOS: a component package, or a product archive with a Distribution. */
export function inspectFlatPackage(source: Source): Inspection {
  const xar = Xar.read(source);
  const distribution = xar.text('Distribution');
  const infos = xar.named('PackageInfo');
  if (distribution === null && infos.length === 0) throw new Damaged('It has neither a Distribution nor a PackageInfo.');
  if (infos.length > MOST_COMPONENTS) throw new OverLimit('It has more than 500 components.');
  const components = infos.map((path) => componentOf(xar.text(path) ?? ''));
  const product = distribution === null ? null : productOf(distribution);
  const main = shortest(components);
  return inspectionOf({
    kind: product ? 'product_archive' : 'component_package',
    title: product?.title ?? null,
    title_key: product?.id ?? main?.identifier ?? null,
    version: product?.version ?? main?.version ?? null,
    min_os: product?.minOs ?? null,
    architectures: product?.architectures ?? [],
    install_kb: components.reduce((sum, { installKb }) => sum + installKb, 0) || null,
    restart: components.some(({ restarts }) => restarts),
    packages: components.map(({ identifier, version, install_location, bundles }) => ({ identifier, version, install_location, bundles })),
    has_scripts: xar.named('Scripts').length > 0 || components.some(({ hasScripts }) => hasScripts),
    signature: signatureOf(xar),
    stapled: isStapled(source),
  });
}

/** Components of a product share a stem; the shortest identifier is nearest to it. */
const shortest = (components: readonly Component[]): Component | null =>
  [...components].sort((a, b) => a.identifier.length - b.identifier.length)[0] ?? null;

function componentOf(document: string): Component {
  let root: Readonly<Record<string, string>> = {};
  let installKb = 0;
  let hasScripts = false;
  const bundles: BundleFacts[] = [];
  walkXml(document, {
    open(attributes, path) {
      const name = path.at(-1);
      if (path.length === 1) root = attributes;
      else if (name === 'payload') installKb = numberOf(attributes['installKBytes']);
      else if (path.at(-2) === 'scripts') hasScripts = true;
      else if (name === 'bundle' && attributes['path'] !== undefined && bundles.length < MOST_BUNDLES)
        bundles.push({ id: attributes['id'] ?? '', version: attributes['CFBundleShortVersionString'] ?? null });
    },
  });
  const { identifier = '', version = null, 'install-location': location = null, 'postinstall-action': action } = root;
  return { identifier, version, install_location: location, bundles, installKb, hasScripts, restarts: action === 'restart' };
}

const numberOf = (text: string | undefined): number => (text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : 0);

function productOf(document: string): Product {
  const product: Product = { title: null, id: null, version: null, minOs: null, architectures: [] };
  walkXml(document, {
    open(attributes, path) {
      const name = path.at(-1);
      if (name === 'product' && path.length === 2)
        [product.id, product.version] = [attributes['id'] ?? null, attributes['version'] ?? null];
      else if (name === 'os-version') product.minOs ??= attributes['min'] ?? null;
      else if (name === 'options')
        product.architectures = (attributes['hostArchitectures'] ?? '')
          .split(',')
          .map((each) => each.trim())
          .filter(Boolean);
    },
    close(text, path) {
      if (path.length === 2 && path[1] === 'title') product.title = text.trim() || null;
    },
  });
  return product;
}
