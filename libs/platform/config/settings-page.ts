import { settings } from './settings.js';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/configuration.md, from the table of settings: what it says is what the code does. */
export function settingsPage(): string {
  const rows = Object.entries(settings).map(
    ([name, { shown, doc, secret }]) => `| \`${name}\` | ${cell(shown)} | ${cell(doc)}${secret ? ' Secret.' : ''} |`,
  );
  return `# Configuration

A server is configured by environment variables. They are read once, at the start; if any cannot be used the server lists every
fault and does not start. \`ODS_CONF\` names a file of \`KEY=value\` lines that stands beneath the environment. \`NAME_FILE\` names a
file that holds the value of \`NAME\`, for platforms that hand out secrets as files.

Sizes are bytes with an optional binary unit (\`500M\`, \`20G\`).

| Name | Default | What it does |
| --- | --- | --- |
${rows.join('\n')}
`;
}
