import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure.mjs';

const MANUFACTURER = 'Open Distribution Server';
/** The same for all versions: it is how Windows knows that one upgrades another. Never change it. */
const UPGRADE_CODE = 'B5A1D7C2-5D0B-4C7E-9B8C-2F6A3B9E41D7';
const PROGRAM = 'bin/node.exe';
const SERVICE = 'ods-service.exe';

/**
 * The source of the installer, for wixl: every file of the tree is a component, the service's wrapper one with its service.
 * @param {string} tree a directory beside the source @param {string} version @returns {string} throws a Failure for names that are not ASCII
 */
export function wixSource(tree, version) {
  const components = [];
  const directories = directory(tree, '', components);
  return `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Open Distribution Server" Language="1033" Version="${version}" Manufacturer="${MANUFACTURER}" UpgradeCode="${UPGRADE_CODE}">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine" Description="Open Distribution Server ${version}"/>
    <Media Id="1" Cabinet="ods.cab" EmbedCab="yes"/>
    <MajorUpgrade DowngradeErrorMessage="A newer version of Open Distribution Server is installed."/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="ODS">
${directories}
        </Directory>
      </Directory>
    </Directory>
    <CustomAction Id="Setup" FileKey="${idOf('f', PROGRAM)}" ExeCommand="&quot;[INSTALLDIR]setup.mjs&quot;" Execute="deferred" Impersonate="no" Return="check"/>
    <InstallExecuteSequence>
      <Custom Action="Setup" After="InstallServices">NOT REMOVE</Custom>
    </InstallExecuteSequence>
    <Feature Id="Server" Title="Open Distribution Server" Level="1">
${components.map((id) => `      <ComponentRef Id="${id}"/>`).join('\n')}
    </Feature>
  </Product>
</Wix>
`;
}

/** @param {string} tree @param {string} inside @param {string[]} components gets their ids @returns {string} */
function directory(tree, inside, components) {
  const entries = readdirSync(path.join(tree, inside), { withFileTypes: true });
  return entries
    .map((entry) => {
      const file = path.posix.join(inside, entry.name);
      if (!/^[\x20-\x7e]+$/.test(entry.name)) throw new Failure(`wixl takes no such file name: ${file}`);
      if (!entry.isDirectory()) return component(tree, file, components);
      return `<Directory Id="${idOf('d', file)}" Name="${escape(entry.name)}">\n${directory(tree, file, components)}\n</Directory>`;
    })
    .join('\n');
}

/** @param {string} tree @param {string} file @param {string[]} components */
function component(tree, file, components) {
  const id = idOf('c', file);
  components.push(id);
  const source = escape(path.posix.join(path.basename(tree), file));
  const body = `<File Id="${idOf('f', file)}" Name="${escape(path.basename(file))}" Source="${source}" KeyPath="yes"/>`;
  return `<Component Id="${id}" Guid="${guidOf(file)}" Win64="yes">${body}${file === SERVICE ? service : ''}</Component>`;
}

const service =
  '<ServiceInstall Id="Service" Name="ods" DisplayName="Open Distribution Server" Description="Distributes installers to every site"' +
  ' Type="ownProcess" Start="auto" ErrorControl="normal" Account="NT AUTHORITY\\LocalService" Vital="yes"/>' +
  '<ServiceControl Id="ServiceControl" Name="ods" Start="install" Stop="both" Remove="uninstall" Wait="yes"/>';

/**
 * Queries for the finished installer, as wixl has no words for them: the version before is removed before anything is installed, and the
 * commands are on the path of the system.
 */
export const queries = () => [
  "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501 WHERE `Action` = 'RemoveExistingProducts'",
  'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE,' +
    ' `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)',
  'INSERT INTO `Environment` (`Environment`, `Name`, `Value`, `Component_`)' +
    ` VALUES ('Path', '=-*PATH', '[~];[INSTALLDIR]', '${idOf('c', SERVICE)}')`,
  "INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('RemoveEnvironmentStrings', 3300)",
  "INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('WriteEnvironmentStrings', 5200)",
];

/** The same for a file in every version, as Windows counts who uses it. @param {string} file */
const hashOf = (file) => createHash('sha256').update(`ods ${file}`).digest('hex');

/** @param {string} prefix @param {string} file */
const idOf = (prefix, file) => `${prefix}${hashOf(file).slice(0, 24)}`;

/** @param {string} file */
const guidOf = (file) =>
  hashOf(file)
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** @param {string} text */
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
