/** Where the browser's half of the page comes from. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assets } from './policy.ts';

const SCRIPT = 'page.js';
const STYLE = 'page.css';

/** Of a checkout, made from the sources; of an installed package, what came with it (src/cli/pack.ts). */
export async function loadAssets(): Promise<Assets> {
  const source = new URL('./client/main.ts', import.meta.url);
  if (existsSync(source)) return await (await import('./bundle.ts')).bundlePage('main');
  const read = (name: string) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
  return { script: read(SCRIPT), style: read(STYLE) };
}

/** Makes them, for an installed package. */
export async function writeAssets(folder: string): Promise<void> {
  const { bundlePage } = await import('./bundle.ts');
  const { script, style } = await bundlePage('main');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, SCRIPT), script);
  writeFileSync(join(folder, STYLE), style);
}
