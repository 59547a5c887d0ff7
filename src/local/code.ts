/**
 * A function's code: the packaged zip that its template names, unpacked once into a temporary folder, and the file in it
 * that the handler string means. Of the S3 key only the file name is looked at, because `sls package` leaves the zips
 * beside the template.
 */

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';

export type Code = { readonly folder: string; readonly handlerFile: string; readonly exportPath: string };

/** @throws one sentence when the zip is missing or broken, or holds no such handler */
export async function unpack(packageDir: string, s3Key: string, handler: string, folder: string): Promise<Code> {
  const zip = path.join(packageDir, path.posix.basename(s3Key));
  const archive = await readFile(zip).catch((cause) => {
    throw new Error(`The package ${zip}, which the template names, cannot be read; package the functions again.`, {
      cause,
    });
  });
  for (const [name, content] of Object.entries(readZip(archive, zip))) {
    const file = path.join(folder, name);
    if (path.relative(folder, file).startsWith('..'))
      throw new Error(`${zip} holds ${name}, which lies outside of it.`);
    if (name.endsWith('/')) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return { folder, ...findHandler(folder, handler, zip) };
}

function readZip(archive: Uint8Array, zip: string): Record<string, Uint8Array> {
  try {
    return unzipSync(archive);
  } catch (cause) {
    throw new Error(`${zip} is not a zip file that can be read; package the functions again.`, { cause });
  }
}

/** `src/functions/worker.handler` is the export `handler` of src/functions/worker.js, .mjs or .cjs. */
function findHandler(folder: string, handler: string, zip: string): Omit<Code, 'folder'> {
  const [, directory = '', name = '', exportPath = ''] = /^(.*\/)?([^./]*)\.(.+)$/.exec(handler) ?? [];
  const handlerFile = ['.js', '.mjs', '.cjs']
    .map((extension) => path.join(folder, `${directory}${name}${extension}`))
    .find((file) => existsSync(file));
  if (handlerFile) return { handlerFile, exportPath };
  throw new Error(
    `${zip} has no file for the handler ${handler}; expected ${directory}${name}.js, .mjs or .cjs in it.`,
  );
}
