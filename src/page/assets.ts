/** The browser's half of the page. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Assets = { script: string; style: string };

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

/** What the page may load and do: its own script and style, by their hashes, and nothing of any other host. */
export function contentSecurityPolicy({ script, style }: Assets, { live }: { live: boolean }): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    `connect-src ${live ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    // No text may become markup, whatever the script does.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
