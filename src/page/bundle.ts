/** Makes the browser's half of the page, charting library and all, one script and one style sheet. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Assets } from './policy.ts';

/** The oldest browsers that know everything the page uses. */
const BROWSERS = ['chrome120', 'firefox121', 'safari17'];

/** The libraries that stand in it, by the file that begins it. */
const LIBRARIES = { main: { uPlot: 'LICENSE' }, hosted: { uPlot: 'LICENSE', oauth4webapi: 'LICENSE.md' } };

/** @param entry what begins it: `main` in a page that holds its data, `hosted` in one that asks for them once somebody has signed in */
export async function bundlePage(entry: keyof typeof LIBRARIES): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./client/${entry}.ts`, import.meta.url))],
    outdir: 'page',
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: BROWSERS,
    banner: { js: Object.entries(LIBRARIES[entry]).map(licenceOf).join('\n') },
    charset: 'utf8',
    logLevel: 'warning',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? '';
  return checked({ script: textOf('.js'), style: textOf('.css') });
}

/** It asks to go along with every copy. */
function licenceOf([library, file]: [string, string]): string {
  const { resolve } = createRequire(import.meta.url);
  const licence = readFileSync(join(dirname(resolve(`${library.toLowerCase()}/package.json`)), file), 'utf8');
  return `/*! This page contains ${library}.\n${licence}*/`;
}

/** They stand inside the page, which they must not be able to end. */
function checked(assets: Assets): Assets {
  if (/<\/script|<!--/i.test(assets.script) || /<\/style/i.test(assets.style)) {
    throw new Error('The script or the style of the page would end the element that it stands in.');
  }
  return assets;
}
