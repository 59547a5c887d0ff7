/** The packaged functions as they are, in a template whose functions have more time. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';

type Template = { Resources: Record<string, { Type: string; Properties: { Timeout?: number } }> };

type PackageCopy = { packageDir: string; remove(): Promise<void> };

/**
 * A stack divides the functions' time-outs like every other wait, and a processor does not work faster for it: on a busy
 * machine functions would be out of time before they began.
 * @param times by which the time-outs are longer than the template says
 */
export async function copyPackage(packageDir: string, times: number): Promise<PackageCopy> {
  const copy = await mkdtemp(path.join(tmpdir(), 'kvs-census-chaos-'));
  await cp(packageDir, copy, { recursive: true });
  const file = path.join(copy, TEMPLATE_FILE);
  const template = JSON.parse(await readFile(file, 'utf8')) as Template;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function' && Properties.Timeout !== undefined) Properties.Timeout *= times;
  }
  await writeFile(file, JSON.stringify(template));
  return { packageDir: copy, remove: () => rm(copy, { recursive: true, force: true }) };
}
