/** The compiled template and the packaged functions that the stack runs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackaged } from '../../local/package.ts';

type Options = { say: (line: string) => void; warn: (text: string) => void; signal: AbortSignal };

/**
 * The folder that they are in: of a checkout, made when sources have changed; of an installed package, the one that came
 * with it.
 */
export async function findPackage({ say, warn, signal }: Options): Promise<string> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  if (!existsSync(join(root, 'serverless.yml'))) return join(dirname(fileURLToPath(import.meta.url)), 'package');
  try {
    return await ensurePackaged({ root, log: say, signal });
  } catch (cause) {
    // The complaints of a compiler are many lines; the error itself is one sentence.
    const [first = '', ...complaints] = (cause as Error).message.split('\n');
    if (signal.aborted || complaints.length === 0) throw cause;
    warn(complaints.join('\n'));
    throw new Error(`${first.replace(/[:.]$/, '')}; mend that and start again.`, { cause });
  }
}
