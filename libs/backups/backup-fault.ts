import { readable } from '#libs/platform/jobs/job-outcome.js';

const LONGEST = 500;
const noRoom = /^(?:ENOSPC|EDQUOT|SQLITE_FULL)$/;
const notWritten = /^(?:EROFS|EACCES|EPERM|ENOENT|ENOTDIR|SQLITE_READONLY\w*|SQLITE_CANTOPEN\w*)$/;

/** Why there is no backup, in a sentence that says what to do. */
export function faultOf(error: unknown, directory: string): string {
  const { code = '' } = error as { code?: string };
  if (noRoom.test(code)) return `There is no room in ${directory} (${code}). Free some, or lower BACKUP_KEEP.`;
  if (notWritten.test(code)) return `${directory} cannot be written (${code}). Is it mounted, and may the server write into it?`;
  return readable(error).slice(0, LONGEST);
}
