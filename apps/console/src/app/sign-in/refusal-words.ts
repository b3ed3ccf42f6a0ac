const words: Readonly<Record<string, string>> = {
  off: $localize`Sign-in with the company is switched off here. Use your user name and your password.`,
  expired: $localize`This sign-in is not valid any more: it took too long, was used already, or began in another window. Begin again.`,
  'too-often': $localize`Too many sign-ins came from this address. Wait a moment and begin again.`,
  cancelled: $localize`The sign-in was cancelled at the company.`,
  'provider-away': $localize`The sign-in of the company does not answer at the moment. Try again later; local accounts can sign in.`,
  'provider-refused': $localize`The company does not accept this server. Ask an administrator of this server to check its settings.`,
  'not-verified': $localize`What the company answered could not be verified, so you were not signed in. Ask an administrator of this server to read the audit trail.`,
  'no-role': $localize`None of your groups gives you a role here. Ask an administrator of this server which group you need.`,
  'name-taken': $localize`Another account of this server has your name already. Ask an administrator of this server to remove or replace it.`,
  'linked-already': $localize`You have another account on this server already. Ask an administrator of this server which one to keep.`,
  'last-administrator': $localize`Yours is the last administrator with a password, and the way back in when the company does not answer. It stays as it is.`,
  disabled: $localize`Your account is disabled here. Ask an administrator of this server.`,
};

/** Why a sign-in with the company ended on the sign-in page, and whom to ask; nothing for what no server says. */
export const refusalWords = (reason: string | undefined): string =>
  reason !== undefined && Object.hasOwn(words, reason) ? words[reason]! : '';
