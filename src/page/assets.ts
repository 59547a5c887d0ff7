/** Where the browser's half of the page comes from. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assets } from './policy.ts';

const SCRIPT = 'page.js';
const STYLE = 'page.css';

/** Of a checkout, made from the sources; of an installed package, what came with it (src/cli/pack.ts). */
export async function loadAssets(): Promise<Assets> {
  const source = new URL('./client/main.ts', import.meta.url);
  if (existsSync(source)) return checked(await (await import('./bundle.ts')).bundlePage());
  const read = (name: string) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
  return checked({ script: read(SCRIPT), style: read(STYLE) });
}

/** Makes them, for an installed package. */
export async function writeAssets(folder: string): Promise<void> {
  const { bundlePage } = await import('./bundle.ts');
  const { script, style } = checked(await bundlePage());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, SCRIPT), script);
  writeFileSync(join(folder, STYLE), style);
}

/** They stand inside the page, which they must not be able to end. */
function checked(assets: Assets): Assets {
  if (/<\/script|<!--/i.test(assets.script) || /<\/style/i.test(assets.style)) {
    throw new Error(`The script or style of ${fileURLToPath(import.meta.url)} cannot stand inside a page.`);
  }
  return assets;
}
