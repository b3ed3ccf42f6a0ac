import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';

const common = {
  ...{ include: true, stage: null, titleKey: null, category: null },
  ...{ priority: 10, nameTemplate: '{filename}', infoTemplate: null },
};

/** Until an administrator changes them: what every Jamf Pro server takes. */
export const firstRules: readonly Omit<JamfRule, 'position'>[] = ['*.pkg', '*.dmg'].map((filename) => ({ ...common, filename }));
