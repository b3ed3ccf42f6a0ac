import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/child.mjs';
import { isLeftOut, requireProgram } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { inspect, linesOf, makePackage } from './make-package.js';

const X64 = 0x8664;
/** It must stay: Windows upgrades what has the same. */
const UPGRADE_CODE = '{B5A1D7C2-5D0B-4C7E-9B8C-2F6A3B9E41D7}';

(isLeftOut('wixl') || isLeftOut('msiinfo') ? describe.skip : describe)('the Windows installer', () => {
  const extracted = scratchDir('msi-files');
  const home = path.join(extracted, 'ODS');
  const read = (file: string): string => readFileSync(path.join(home, file), 'utf8');
  let file: string;

  /** The rows of a table of the installer, by the names of its columns. */
  async function table(name: string): Promise<Record<string, string>[]> {
    const lines = await linesOf(requireProgram('msiinfo'), 'export', file, name);
    const [head, , , ...rows] = lines.map((line) => line.split('\t'));
    return rows.map((row) => Object.fromEntries(row.map((value, index) => [head![index]!, value])));
  }

  beforeAll(async () => {
    file = await makePackage('msi');
    await run(path.join(path.dirname(requireProgram('msiinfo')), 'msiextract'), ['-C', extracted, file]);
  });

  it('is read by the inspection of packages: unsigned, for x64', async () => {
    expect(await inspect(file)).toMatchObject({
      ...{
        kind: 'msi',
        title: 'Open Distribution Server',
        version: '0.1.0',
        title_key: UPGRADE_CODE.toLowerCase(),
        architectures: ['x64'],
      },
      signature: { state: 'unsigned' },
      warnings: [],
    });
  });

  it('installs a service that is stopped, replaced and started by an upgrade, and removed with the program', async () => {
    const [service] = await table('ServiceInstall');
    expect(service).toMatchObject({ Name: 'ods', StartType: '2', StartName: 'NT AUTHORITY\\LocalService' });
    const [control] = await table('ServiceControl');
    const [start, stopAtBoth, removeWithProgram] = [0x1, 0x2 | 0x20, 0x80];
    expect(control).toMatchObject({ Name: 'ods', Event: String(start | stopAtBoth | removeWithProgram), Wait: '1' });
    const component = (await table('Component')).find((each) => each['Component'] === service!['Component_']);
    const program = (await table('File')).find((each) => each['File'] === component!['KeyPath']);
    expect(program!['FileName']).toBe('ods-service.exe');
    expect(await table('Upgrade')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ UpgradeCode: UPGRADE_CODE, VersionMax: '0.1.0', ActionProperty: 'WIX_UPGRADE_DETECTED' }),
      ]),
    );
  });

  it('removes the version before first, and makes settings before the service starts', async () => {
    const sequence = (await table('InstallExecuteSequence')).sort((a, b) => Number(a['Sequence']) - Number(b['Sequence']));
    const order = [
      'InstallInitialize',
      'RemoveExistingProducts',
      'InstallFiles',
      'InstallServices',
      'Setup',
      'StartServices',
      'InstallFinalize',
    ];
    expect(sequence.map((each) => each['Action']!).filter((each) => order.includes(each))).toEqual(order);
    expect(sequence.find((each) => each['Action'] === 'Setup')!['Condition']).toBe('NOT REMOVE');
    const [setup] = await table('CustomAction');
    const node = (await table('File')).find((each) => each['File'] === setup!['Source']);
    expect([node!['FileName'], setup!['Target']]).toEqual(['node.exe', '"[INSTALLDIR]setup.mjs"']);
    const [installedProgram, inScript, asSystem] = [18, 0x400, 0x800];
    expect(setup!['Type']).toBe(String(installedProgram | inScript | asSystem));
    await run(process.execPath, ['--check', path.join(home, 'setup.mjs')]);
    expect(await table('Environment')).toMatchObject([{ Name: '=-*PATH', Value: '[~];[INSTALLDIR]' }]);
  });

  it('starts what it installs', () => {
    const service = read('ods-service.xml');
    for (const [, name] of service.matchAll(/%BASE%\\([^"<]+)["<]/g))
      expect([name, existsSync(path.join(home, name!.replaceAll('\\', '/')))]).toEqual([name, true]);
    expect(service.match(/%BASE%\\/g)?.length).toBe(2);
    expect(existsSync(path.join(home, 'ods-service.exe.config'))).toBe(true);
    for (const command of ['ods', 'ods-admin']) {
      expect(read(`${command}.cmd`)).toContain(`"%~dp0bin\\node.exe" "%~dp0bin\\${command}" %*`);
      expect(existsSync(path.join(home, 'bin', command))).toBe(true);
    }
    expect(read('ods.conf')).toContain('DATA_DIR={home}\\data');
  });

  it('has Node and native modules for x64, and for nothing else', async () => {
    const native = await linesOf('find', home, '-name', '*.node', '-o', '-name', 'node.exe');
    expect(native.length).toBe(3);
    for (const program of native) {
      const bytes = readFileSync(program);
      const header = bytes.readUInt32LE(0x3c);
      expect([bytes.toString('latin1', header, header + 4), bytes.readUInt16LE(header + 4)]).toEqual(['PE\0\0', X64]);
    }
  });
});
