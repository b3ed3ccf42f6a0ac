import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '../../test/support/services.js';
import { BackupDirectory } from './backup-directory.js';
import { DATABASE, MANIFEST, manifestText } from './backup-manifest.js';

const iss = 'e7becdda9a9046f6a78f69ef591e9835';
const now = Date.UTC(2026, 2, 9, 12);
const name = (date: number): string => `ods-2026030${date}T120000Z`;

function fill(directory: string, server = iss): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, DATABASE), 'rows');
  const about = { createdAt: '', server: { iss: server, name: 'Berlin' }, databaseSha256: '', withContent: false, contents: [] };
  writeFileSync(path.join(directory, MANIFEST), manifestText(about));
}

const begin = (): { root: string; backups: BackupDirectory } => {
  const root = scratchDir('backup-directory');
  return { root, backups: new BackupDirectory(root, iss) };
};

describe('BACKUP_DIR', () => {
  it('gets a backup whole, under its name', async () => {
    const { root, backups } = begin();
    expect(await backups.latestMs(now)).toBeNull();
    expect(await backups.add(now, async (draft) => fill(draft))).toBe(name(9));
    expect(readdirSync(root)).toEqual([name(9)]);
    expect(await backups.latestMs(now)).toBe(now);
    expect(await backups.add(now, async (draft) => fill(draft))).toBe('ods-20260309T120001Z'); // the name is taken
  });

  it('gets nothing when it cannot be completed', async () => {
    const { root, backups } = begin();
    const failing = backups.add(now, async (draft) => {
      fill(draft);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(readdirSync(root)).toEqual([]);
  });

  it('loses what a killed process left, of this server alone', async () => {
    const { root, backups } = begin();
    const kept = [name(1), '.ods-28f7adde4f674873807a4c8c69b641d0.part', 'notes.part'];
    for (const each of [...kept, `.ods-${iss}.part`, `.ods-${iss}.removed`]) fill(path.join(root, each));
    await backups.removeLeftOvers();
    expect(readdirSync(root).sort()).toEqual(kept.sort());
  });

  it('follows no link: neither to find a backup nor to remove one', async () => {
    const { root, backups } = begin();
    const elsewhere = scratchDir('elsewhere');
    fill(path.join(elsewhere, 'backup'));
    symlinkSync(path.join(elsewhere, 'backup'), path.join(root, name(1)));
    symlinkSync(path.join(elsewhere, 'backup'), path.join(root, `.ods-${iss}.part`));
    for (const [date, file] of [
      [2, MANIFEST],
      [3, DATABASE],
    ] as const) {
      mkdirSync(path.join(root, name(date)));
      for (const each of [MANIFEST, DATABASE]) {
        const [from, to] = [path.join(elsewhere, 'backup', each), path.join(root, name(date), each)];
        if (each === file) symlinkSync(from, to);
        else writeFileSync(to, readFileSync(from));
      }
    }
    fill(path.join(root, name(4)));
    symlinkSync(path.join(elsewhere, 'backup'), path.join(root, name(4), 'content'));
    await backups.removeLeftOvers();
    const made = await backups.add(now, async (draft) => fill(draft));
    expect(await backups.prune(made, 1)).toEqual([name(4)]);
    expect(readdirSync(root).sort()).toEqual([name(1), name(2), name(3), made]);
    expect(readdirSync(path.join(elsewhere, 'backup')).sort()).toEqual([MANIFEST, DATABASE].sort());
  });

  it('keeps files, other directories, other servers and what is not complete', async () => {
    const { root, backups } = begin();
    writeFileSync(path.join(root, name(1)), 'a file');
    fill(path.join(root, name(2)), '28f7adde4f674873807a4c8c69b641d0');
    mkdirSync(path.join(root, name(3)));
    fill(path.join(root, name(4)));
    writeFileSync(path.join(root, name(4), MANIFEST), '{"format":1');
    fill(path.join(root, 'monday'));
    fill(path.join(root, name(5)));
    const before = readdirSync(root).sort();
    const made = await backups.add(now, async (draft) => fill(draft));
    expect(await backups.prune(made, 1)).toEqual([name(5)]);
    expect(readdirSync(root).sort()).toEqual([...before.filter((each) => each !== name(5)), made].sort());
    expect(existsSync(path.join(root, name(5)))).toBe(false);
  });
});
