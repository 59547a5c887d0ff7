/** Where a test stands, so that a stranger finds it from its subject and back. */
import { basename, dirname } from 'node:path/posix';

export const MIRROR =
  'tests/census/settle.test.ts tests src/census/settle.ts or src/census/settle/, and tests/functions/functions.test.ts all ' +
  'of src/functions. ' +
  'What tests something else lies in a folder that src does not have, such as tests/stack or tests/page/browser.';

/** The tests that stand in a folder of src and have no subject there. */
export function misplaced(files: string[]): string[] {
  const known = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));
  return files.filter((file) => {
    if (!/^tests\/.+\/.*\.test\.ts$/.test(file)) return false;
    const room = dirname(file).replace(/^tests/, 'src');
    const name = basename(file, '.test.ts');
    const subjects = [`${room}/${name}.ts`, `${room}/${name}`];
    return known.has(room) && basename(room) !== name && !subjects.some((subject) => known.has(subject));
  });
}

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}
