/**
 * `npm pack` and `npm publish` run this first: it bundles the command into dist/, together with the compiled template
 * and the packaged functions, so that an installed package needs neither the Serverless Framework nor esbuild.
 */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ensurePackaged } from '../local/package.ts';
import { writeAssets } from '../page/assets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const packageDir = await ensurePackaged({ root, log: (line) => console.error(line) });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', runtime: 'src/local/runtime.ts' },
  outdir: dist,
  bundle: true,
  // One file per command that is imported when it is needed, so that `latest` does not load the local stack.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  logLevel: 'warning',
});
await writeAssets(join(dist, 'page'));
cpSync(join(root, 'infra/member-role.yml'), join(dist, 'package', 'member-role.yml'));
for (const file of readdirSync(packageDir)) {
  if (/\.zip$|^cloudformation-template-update-stack\.json$/.test(file))
    cpSync(join(packageDir, file), join(dist, 'package', file));
}
