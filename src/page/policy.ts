/** What the page consists of besides its data, and what it may load and do. */
import { createHash } from 'node:crypto';

/** The browser's half of the page. */
export type Assets = { script: string; style: string };

/** The page's own server. */
export const SELF = "'self'";

/** For what a server sends: a document cannot say it of itself. */
export const NEVER_FRAMED = "; frame-ancestors 'none'";

/** Headers of every answer. */
export const EVERY_ANSWER = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Its own script and style, by their hashes, and nothing of any other host.
 * @param asked what the page may ask, as the policy writes it; nothing of others but where one signs in
 */
export function contentSecurityPolicy({ script, style }: Assets, asked: readonly string[]): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    `connect-src ${asked.length === 0 ? "'none'" : asked.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    // No text may become markup, whatever the script does.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
