#!/usr/bin/env node
// Plain JavaScript that an old Node can still read: it finds a Node that runs the rest. In a checkout the rest is the
// TypeScript source beside this file, in an installed package it is the bundle in dist/.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;

/** The Node that comes as an optional dependency, where there is one for this machine. */
function packagedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  try {
    return nodeModule.createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

function refuseUnlessMissing(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const name = /'([^']+?)'/.exec(error.message)?.[1] ?? 'A package';
  console.error(`${name} is not installed: run \`npm ci\` in the folder of kvs-census first.`);
  process.exitCode = 1;
}

async function main() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
    // Types are stripped and code is compiled once, not at every start: half of the time that a short command takes.
    nodeModule.enableCompileCache();
    const source = new URL('./main.ts', import.meta.url);
    const built = new URL('../../dist/main.js', import.meta.url);
    const program = await import((existsSync(source) ? source : built).href).catch(refuseUnlessMissing);
    await program?.main(process.argv);
    return;
  }
  const node = packagedNode();
  if (node === undefined) {
    console.error(
      `kvs-census needs Node ${NODE_MAJOR} or newer, this is ${process.version}: run \`npm ci\`, which brings one along on Linux and Windows, or install it.`,
    );
    process.exitCode = 1;
    return;
  }
  const { status } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

await main();
