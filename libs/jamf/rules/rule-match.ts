import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import type { Stage } from '#libs/replication/stage.js';

/** What rules look at, and what their templates are filled with. */
export interface RuledPackage {
  readonly filename: string;
  readonly stage: Stage;
  readonly titleKey: string | null;
  readonly title: string | null;
  readonly version: string | null;
}

/** Whether the text fits a pattern with `*` and `?`, whatever the case. Takes time in proportion to both lengths, whatever they hold. */
export function fitsPattern(text: string, pattern: string): boolean {
  const [signs, wanted] = [[...text.normalize('NFC').toLowerCase()], [...pattern.normalize('NFC').toLowerCase()]];
  let [at, wantedAt, starAt, retryAt] = [0, 0, -1, 0];
  while (at < signs.length) {
    if (wanted[wantedAt] === '*') {
      [starAt, retryAt] = [wantedAt, at];
      wantedAt += 1;
    } else if (wantedAt < wanted.length && (wanted[wantedAt] === '?' || wanted[wantedAt] === signs[at])) {
      at += 1;
      wantedAt += 1;
    } else if (starAt >= 0) {
      retryAt += 1; // the last star takes one sign more
      [at, wantedAt] = [retryAt, starAt + 1];
    } else return false;
  }
  while (wanted[wantedAt] === '*') wantedAt += 1;
  return wantedAt === wanted.length;
}

const fits = (rule: JamfRule, { filename, stage, titleKey }: RuledPackage): boolean =>
  (rule.stage === null || rule.stage === stage) &&
  (rule.titleKey === null || rule.titleKey.toLowerCase() === titleKey?.toLowerCase()) &&
  (rule.filename === null || fitsPattern(filename, rule.filename));

/** The rule that decides about a package: the first that fits. Null when none does, or when that one leaves the package out. */
export function ruleFor(rules: readonly JamfRule[], candidate: RuledPackage): JamfRule | null {
  const decisive = rules.find((rule) => fits(rule, candidate));
  return decisive?.include === true ? decisive : null;
}

/** A template with its names filled in; what is not known is left out. */
export function filled(template: string, { filename, title, version }: RuledPackage): string {
  const values: Readonly<Record<string, string | null>> = { filename, title, version };
  return template
    .replace(/\{(filename|title|version)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}
