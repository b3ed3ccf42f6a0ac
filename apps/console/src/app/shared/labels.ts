/** What a control is about, for those who do not see what stands beside it. */
export const labels = {
  acceptChangeOf: (name: string): string => $localize`Accept the change of ${name}`,
  actionsFor: (name: string): string => $localize`Actions for ${name}`,
  cancel: (name: string): string => $localize`Cancel ${name}`,
  choose: (name: string): string => $localize`Choose ${name}`,
  pause: (name: string): string => $localize`Pause ${name}`,
  progressOf: (name: string): string => $localize`Progress of ${name}`,
  promoteTo: (name: string, stage: string): string => $localize`Promote ${name} to ${stage}`,
  restore: (name: string): string => $localize`Restore ${name}`,
  rightsOf: (name: string): string => $localize`Change the rights of ${name}`,
  resume: (name: string): string => $localize`Resume ${name}`,
  revoke: (name: string): string => $localize`Revoke… ${name}`,
  signedInAs: (name: string): string => $localize`Signed in as ${name}`,
  storing: (name: string): string => $localize`Storing ${name}`,
  uploadOf: (name: string): string => $localize`Upload of ${name}`,
} as const;
