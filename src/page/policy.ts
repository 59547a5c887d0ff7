/** What the page consists of besides its data, and what it may load and do. */
import { createHash } from 'node:crypto';

/** The browser's half of the page. */
export type Assets = { script: string; style: string };

/** Whatever is answered. */
export const EVERY_ANSWER = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Its own script and style, by their hashes, and nothing of any other host. */
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
