/** Builds the product with a bug in it: its own sources, but for a few words. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import type { Product } from '../product.ts';
import type { Bug, Edit } from './bugs.ts';

const root = new URL('../../../', import.meta.url);
const entry = new URL('../product.ts', import.meta.url).href;
// What the product requires is what this process has loaded: the errors of the SDK must be the same classes.
const requirePackage = createRequire(import.meta.url);

type Exports = Record<string, unknown>;
type Body = (require: (name: string) => unknown, exports: Exports) => void;

/** @throws if the words to be replaced are not in their file exactly once: the source has changed, the bug must too */
export function plant({ name, edits }: Pick<Bug, 'name' | 'edits'>): Product {
  const edited = new Map<string, string>();
  for (const edit of edits) {
    const { href } = new URL(edit.file, root);
    edited.set(href, apply(edited.get(href) ?? textOf(href), edit, name));
  }
  const loaded = new Map<string, Exports>();
  function load(href: string): Exports {
    const known = loaded.get(href);
    if (known !== undefined) return known;
    const exports: Exports = {};
    loaded.set(href, exports);
    const text = edited.get(href);
    const body = text === undefined ? asItIs(href) : compile(text);
    body((to) => (to.startsWith('.') ? load(new URL(to, href).href) : requirePackage(to)), exports);
    return exports;
  }
  return load(entry) as Product;
}

const bodies = new Map<string, Body>();

/** A file without a bug is compiled once for all bugs. */
function asItIs(href: string): Body {
  const body = bodies.get(href) ?? compile(textOf(href));
  bodies.set(href, body);
  return body;
}

function compile(text: string): Body {
  const { code } = transformSync(text, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
    module: { type: 'commonjs' },
  });
  return new Function('require', 'exports', code) as Body;
}

const textOf = (href: string) => readFileSync(fileURLToPath(href), 'utf8');

function apply(text: string, { file, replace, by }: Edit, bug: string): string {
  const parts = text.split(replace);
  if (parts.length === 2) return parts.join(by);
  throw new Error(
    `The planted bug "${bug}" wants to replace this in ${file}, where it stands ${parts.length - 1} times: ${replace}`,
  );
}
