const SUFFIX = /\.(?:pkg|mpkg|dmg|iso|zip|msi|msix|exe|deb|rpm|tar|gz|tgz|xz|bz2|zst|appimage)$/i;
const NOISE =
  /[-_. ](?:x86[-_]64|amd64|arm64|aarch64|x64|x86|i386|i686|noarch|all|universal2?|macos|darwin|osx|win(?:dows)?(?:32|64)?|setup|installer|signed)$/i;
const VERSION = /[-_. ]*(?:[-_. ]|(?<=[a-z]))(?:v|version[-_. ]?)?(\d+(?:[._]\d+)*(?:[-+~][\w.~+-]*)?)$/i;

export interface NamedTitle {
  readonly title: string;
  readonly version: string | null;
}

const strip = (text: string, pattern: RegExp): string => {
  for (let before = ''; before !== text;) {
    before = text;
    const shorter = text.replace(pattern, '');
    if (shorter !== '') text = shorter;
  }
  return text;
};

/** What a filename says: the title without version, platform and suffix, and the version. */
export function titleOf(filename: string): NamedTitle {
  const name = strip(filename, SUFFIX);
  const bare = strip(name, NOISE);
  const found = VERSION.exec(bare);
  if (!found || found.index === 0) return { title: bare, version: null };
  const title = strip(bare.slice(0, found.index).replace(/[-_. ]+$/, ''), NOISE);
  return title === '' ? { title: bare, version: null } : { title, version: found[1]! };
}

/** The key of a title when the file names no identifier of its own. */
export const titleKeyOf = (filename: string): string =>
  titleOf(filename)
    .title.toLowerCase()
    .replace(/[\s_]+/g, '-');
