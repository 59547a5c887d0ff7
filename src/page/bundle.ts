/** Makes the browser's half of the page, charting library and all, one script and one style sheet. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Assets } from './policy.ts';

/** The oldest browsers that know everything the page uses. */
const BROWSERS = ['chrome120', 'firefox121', 'safari17'];

export async function bundlePage(): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./client/main.ts', import.meta.url))],
    outdir: 'page',
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: BROWSERS,
    banner: { js: `/*! This page contains uPlot.\n${licenceOf('uplot')}*/` },
    charset: 'utf8',
    logLevel: 'warning',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}

/** It asks to go along with every copy. */
function licenceOf(library: string): string {
  const { resolve } = createRequire(import.meta.url);
  return readFileSync(join(dirname(resolve(`${library}/package.json`)), 'LICENSE'), 'utf8');
}
