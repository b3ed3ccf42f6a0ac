const HOME = '/overview';
const LONGEST = 500;
/** With what has to be escaped: it travels in a cookie, of which browsers keep 4 KB. */
const LONGEST_WRITTEN = 1_000;
const HERE = 'http://ods.invalid';

/**
 * The page of the console to land on after a sign-in: what was asked for when it is a path of this console, else the overview. A link must
 * not use the sign-in to lead to another site, so the text is read as browsers read it.
 */
export function ownPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > LONGEST || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(asked) || !URL.canParse(asked, HERE)) return HOME;
  const { origin, pathname, search, hash } = new URL(asked, HERE);
  const isOwn = origin === HERE && !pathname.startsWith('//') && !/^\/(?:api|sign-in)(?:\/|$)/i.test(pathname);
  const path = pathname + search + hash;
  return isOwn && path.length <= LONGEST_WRITTEN ? path : HOME;
}
