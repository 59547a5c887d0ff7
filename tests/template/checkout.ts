/** A copy of what is packaged and deployed, so that a test may package it in its own way while others package the checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from './compiled.ts';

const FILES = ['src', 'infra', 'serverless.yml', 'package.json', 'package-lock.json', 'tsconfig.json'];

export function makeCheckout(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-census-checkout-'));
  for (const file of FILES) cpSync(join(root, file), join(folder, file), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The framework's command, in a folder. It is killed after a minute: after an error in a source it would hang for ever. */
export async function sls(
  folder: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, [join(root, 'node_modules/serverless/bin/serverless.js'), ...args], {
    cwd: folder,
    timeout: 60_000,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      NO_COLOR: '1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      ...env,
    },
  });
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await ended;
  return { status, said: out + err };
}
