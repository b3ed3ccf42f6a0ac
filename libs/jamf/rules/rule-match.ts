import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { fits, type TitledPackage } from '#libs/packages/titles/title-match.js';

/** The rule that decides about a package: the first that fits. Null when none does, or when that one leaves the package out. */
export function ruleFor(rules: readonly JamfRule[], candidate: TitledPackage): JamfRule | null {
  const decisive = rules.find((rule) => fits(rule, candidate));
  return decisive?.include === true ? decisive : null;
}

/** A template with its names filled in; what is not known is left out. */
export function filled(template: string, { filename, title, version }: TitledPackage): string {
  const values: Readonly<Record<string, string | null>> = { filename, title, version };
  return template
    .replace(/\{(filename|title|version)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}
