/** What a file system refuses, as one sentence: which file, what is wrong, what to do. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ELSEWHERE = 'or choose another place';

const SENTENCES: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) => `There is no space left on the disk of ${path} (ENOSPC): make room there, ${ELSEWHERE}.`,
  EDQUOT: (path) => `Your share of the disk of ${path} is used up (EDQUOT): make room there, ${ELSEWHERE}.`,
  EFBIG: (path) =>
    `What is written to ${path} would become larger than is allowed (EFBIG): raise the limit, ${ELSEWHERE}.`,
  EROFS: (path) => `${path} is on a file system that is read-only (EROFS): choose another place.`,
  EACCES: (path) => `You may not write to ${path} (EACCES): have the permission added, ${ELSEWHERE}.`,
  EPERM: (path) => `You may not write to ${path} (EPERM): have the permission added, ${ELSEWHERE}.`,
  EISDIR: (path) => `${path} is a folder (EISDIR): name a file in it.`,
  ENAMETOOLONG: (path) => `The name ${path} is too long for its file system (ENAMETOOLONG): choose a shorter one.`,
  ELOOP: (path) => `${path} is a link that leads back to itself (ELOOP): mend the link, ${ELSEWHERE}.`,
  ENXIO: (path) => `${path} is nothing that can be written to (ENXIO): name a file.`,
  EIO: (path) => `The device of ${path} failed (EIO): look at the system's log, ${ELSEWHERE}.`,
  EBUSY: (path) => `${path} is in use by the system (EBUSY): choose another place.`,
  ETXTBSY: (path) => `${path} is a program that is running (ETXTBSY): choose another place.`,
};

/** Whatever was opened; no path says more. */
const TOO_MANY: Readonly<Record<string, string>> = {
  EMFILE: 'This process may not open any more files (EMFILE): raise the limit, for example with `ulimit -n 4096`.',
  ENFILE: 'This machine cannot open any more files (ENFILE): end other programs, and try again.',
};

export const tooManyFiles = (code: string): string | undefined => TOO_MANY[code];

/** `path` is what was to be written. Undefined for a code that is none of a file system. */
export function fileSentence(code: string, path: string): string | undefined {
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST') return wayTo(path, code);
  return tooManyFiles(code) ?? SENTENCES[code]?.(path);
}

/** The first part of the way to a file that is not there, or is no folder; `path` is one of the folders. */
function wayTo(path: string, code: string): string {
  const way: string[] = [];
  for (let folder = path; !way.includes(folder); folder = dirname(folder)) way.unshift(folder);
  for (const folder of way) {
    if (!existsSync(folder)) return `There is no folder ${folder} (${code}): make it first, ${ELSEWHERE}.`;
    if (!statSync(folder).isDirectory())
      return `${folder} is a file, where a folder should be (${code}): move it away, ${ELSEWHERE}.`;
  }
  return `Nothing can be written in ${path} (${code}): choose another place.`;
}
