import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Inspection } from '#libs/inspection/formats/inspection-result.js';
import { inspectSource } from '#libs/inspection/formats/inspect-source.js';
import { makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { Source } from '#libs/inspection/formats/source.js';
import { makeExe, pem } from '#libs/inspection/formats/windows-makers.testing.js';
import { isLeftOut, requireProgram } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';

/** Without the programs that make it, which a run may leave out. */
const having = (...programs: readonly string[]): typeof it => (programs.some(isLeftOut) ? it.skip : it) as typeof it;

async function inspect(file: string): Promise<Inspection | null> {
  const descriptor = openSync(file, 'r');
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, at);
    return bytes;
  };
  try {
    return await inspectSource(new Source({ size: fstatSync(descriptor).size, read }));
  } finally {
    closeSync(descriptor);
  }
}

const WXS = `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Name="Demo Tool" Id="11111111-2222-4333-8444-555555555555" UpgradeCode="AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"
    Language="1033" Codepage="1252" Version="3.1.4" Manufacturer="Example Ltd">
    <Package Id="*" Description="Demo" Manufacturer="Example Ltd" InstallerVersion="200" Languages="1033" Compressed="yes" SummaryCodepage="1252"/>
    <Media Id="1" Cabinet="demo.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFilesFolder"><Directory Id="INSTALLDIR" Name="Demo">
      <Component Id="Main" Guid="12345678-1234-4234-8234-123456789012"><File Id="Text" Name="demo.txt" Source="demo.txt" KeyPath="yes"/></Component>
    </Directory></Directory></Directory>
    <Feature Id="Complete" Level="1"><ComponentRef Id="Main"/></Feature>
  </Product>
</Wix>`;

const SPEC = `Name: demo-tool
Epoch: 2
Version: 3.1.4
Release: 5
Summary: Demo
License: MIT
Vendor: Example Ltd
BuildArch: noarch
%description
Demo.
%post
true
%files
`;

describe('packages that the tools of each system make', () => {
  const cwd = scratchDir('real-packages');
  const write = (name: string, text: string | Buffer): string => {
    const file = path.join(cwd, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const run = (program: string, ...args: readonly string[]): void =>
    void execFileSync(requireProgram(program), args, { cwd, stdio: 'pipe', env: { ...process.env, HOME: cwd } });

  having('dpkg-deb').each(['gzip', 'xz', 'zstd', 'none'])('deb, with its control part packed with %s', async (packing) => {
    const control =
      'Package: demo-tool\nVersion: 1:3.1.4-5\nArchitecture: all\nMaintainer: Example <a@example.net>\nInstalled-Size: 12\nDescription: Demo\n more\n';
    write('deb/DEBIAN/control', control);
    chmodSync(write('deb/DEBIAN/postinst', '#!/bin/sh\n'), 0o755);
    chmodSync(path.join(cwd, 'deb/DEBIAN'), 0o755);
    write('deb/usr/share/demo', 'x'.repeat(5_000));
    run('dpkg-deb', '--root-owner-group', '--uniform-compression', `-Z${packing}`, '--build', 'deb', `${packing}.deb`);
    expect(await inspect(path.join(cwd, `${packing}.deb`))).toMatchObject({
      ...{ kind: 'deb', title: 'demo-tool', title_key: 'demo-tool', version: '1:3.1.4-5', architectures: ['all'] },
      ...{ vendor: 'Example <a@example.net>', install_kb: 12, has_scripts: true },
    });
  });

  having('rpmbuild')('rpm', async () => {
    const spec = write('demo.spec', SPEC);
    run('rpmbuild', '-bb', '--define', `_topdir ${cwd}/rpm`, spec);
    expect(await inspect(path.join(cwd, 'rpm/RPMS/noarch/demo-tool-3.1.4-5.noarch.rpm'))).toMatchObject({
      ...{ kind: 'rpm', title: 'demo-tool', version: '2:3.1.4-5', architectures: ['noarch'], vendor: 'Example Ltd', has_scripts: true },
      signature: { state: 'unsigned' },
    });
  });

  having('wixl')('msi, unsigned and signed', async () => {
    write('demo.txt', 'text');
    write('demo.wxs', WXS);
    run('wixl', '-o', 'demo.msi', 'demo.wxs');
    const known = {
      ...{ kind: 'msi', title: 'Demo Tool', version: '3.1.4', vendor: 'Example Ltd' },
      title_key: '{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}',
      packages: [{ identifier: '{11111111-2222-4333-8444-555555555555}', version: '3.1.4' }],
    };
    expect(await inspect(path.join(cwd, 'demo.msi'))).toMatchObject({ ...known, signature: { state: 'unsigned' } });
    if (isLeftOut('osslsigncode')) return;
    expect(await inspect(sign('demo.msi'))).toMatchObject({ ...known, signature: signed });
  });

  having('osslsigncode')('exe, signed', async () => {
    write('demo.exe', makeExe());
    expect(await inspect(sign('demo.exe'))).toMatchObject({ kind: 'exe', title: 'Demo für Windows', signature: signed });
  });

  const signed = { state: 'present', common_name: 'Developer ID Installer: Example (ABCDE12345)', team_id: 'ABCDE12345' };
  function sign(name: string): string {
    const { key, chain } = makeSigner();
    const certificates = write('chain.pem', chain.map((each) => pem('CERTIFICATE', each)).join(''));
    run('osslsigncode', 'sign', '-certs', certificates, '-key', write('leaf.key', key), '-in', name, '-out', `signed-${name}`);
    expect(readFileSync(path.join(cwd, `signed-${name}`)).length).toBeGreaterThan(0);
    return path.join(cwd, `signed-${name}`);
  }
});
