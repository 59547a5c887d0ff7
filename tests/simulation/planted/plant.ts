/** Builds the product with a bug in it: its own sources, but for a few words. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Product } from '../product.ts';
import type { Bug, Edit } from './bugs.ts';

const root = new URL('../../../', import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, root));

/** @throws if the words to be replaced are not in their file exactly once: the source has changed, the bug must too */
export async function plant(bug: Pick<Bug, 'name' | 'edits'>): Promise<Product> {
  const { outputFiles } = await build({
    entryPoints: [pathOf('tests/simulation/product.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'silent',
    plugins: [edits(bug)],
  });
  const [bundle] = outputFiles;
  const module = { exports: {} };
  // What the bundle requires is what this process has loaded: the errors of the SDK must be the same classes.
  new Function('require', 'module', 'exports', bundle!.text)(createRequire(import.meta.url), module, module.exports);
  return module.exports as Product;
}

function edits({ name, edits: wanted }: Pick<Bug, 'name' | 'edits'>): Plugin {
  return {
    name: 'plant',
    setup({ onLoad }) {
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const own = wanted.filter(({ file }) => pathOf(file) === path);
        const source = await readFile(path, 'utf8');
        return { loader: 'ts', contents: own.reduce((text, edit) => apply(text, edit, name), source) };
      });
    },
  };
}

function apply(text: string, { file, replace, by }: Edit, bug: string): string {
  const parts = text.split(replace);
  if (parts.length === 2) return parts.join(by);
  throw new Error(
    `The planted bug "${bug}" wants to replace this in ${file}, where it stands ${parts.length - 1} times: ${replace}`,
  );
}
