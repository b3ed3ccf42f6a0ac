import type { AdminApi } from '../admin-api.js';
import { CommandFailed, EXIT, type Exit } from '../failures.js';
import { say } from '../screen.js';

export interface PromoteOptions {
  readonly from: string;
  readonly to: string | undefined;
  readonly keep: boolean;
  readonly dryRun: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
}

interface Item {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}
interface ItemPage {
  readonly items: readonly Item[];
  readonly next: string | null;
}
interface Promoted {
  readonly promoted: readonly (Item & { readonly catalogs: readonly string[] })[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** Items of a catalog that have this name, name and version (`Firefox-128.0`), or pkginfo file. */
async function itemsNamed(server: AdminApi, target: string, catalog: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ catalog, limit: '500', ...(cursor && { cursor }) });
    const page: ItemPage = await server.call<ItemPage>('GET', `munki/items?${query.toString()}`);
    found.push(...page.items.filter(({ path, name, version }) => [path, name, `${name}-${version}`].includes(target)));
    cursor = page.next;
  }
  return found;
}

/** `ods munki promote`: brings an item from one catalog into another. */
export async function promoteItem(server: AdminApi, target: string, options: PromoteOptions): Promise<Exit> {
  const { from, to, keep, dryRun, isConfirmed, json } = options;
  if (to === undefined) throw new CommandFailed('Say into which catalog: --to production.', EXIT.usage);
  const items = await itemsNamed(server, target, from);
  if (items.length === 0)
    throw new CommandFailed(`No item of the catalog ${from} has the name, or the pkginfo file, ${target}.`, EXIT.refused);
  const order = { paths: items.map(({ path }) => path), from, to, keep_from: keep, dry_run: dryRun, confirm: isConfirmed };
  const { promoted, skipped } = await server.call<Promoted>('POST', 'munki/promote', order);
  if (json) say(JSON.stringify({ promoted, skipped }));
  else {
    for (const { name, version, catalogs } of promoted)
      say(`${name} ${version}: ${dryRun ? 'would be' : 'is'} in ${catalogs.join(', ')}${dryRun ? '.' : ' here; the other servers follow.'}`);
    for (const { path, reason } of skipped) say(`${path} stays as it is: ${reason}`);
  }
  return skipped.length > 0 ? EXIT.refused : EXIT.done;
}
