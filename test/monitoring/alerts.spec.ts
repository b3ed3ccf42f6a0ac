import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { run } from '../support/child.mjs';
import { isLeftOut, requireProgram } from '../support/programs.mjs';

const tests = path.join(import.meta.dirname, 'alerts.test.yml');
const rules = path.resolve(import.meta.dirname, '../../docs/monitoring/alerts.yml');

(isLeftOut('promtool') ? describe.skip : describe)('the alerts of several sites', () => {
  it('are what Prometheus raises for the figures of each', async () => {
    expect(await run(requireProgram('promtool'), ['test', 'rules', tests])).toContain('SUCCESS');
  });

  it('are all tried', () => {
    const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
    const tried = readFileSync(tests, 'utf8');
    expect(groups.flatMap((group) => group.rules).filter(({ alert }) => !tried.includes(`alertname: ${alert}`))).toEqual([]);
  });
});
