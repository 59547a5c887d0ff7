#!/usr/bin/env node
// Plain JavaScript that an old Node can still read: it finds a Node that runs the rest. In a checkout the rest is the
// TypeScript source beside this file, in an installed package it is the bundle in dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
/** What a shell, a terminal or a supervisor ends a program with. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

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

/** Types are stripped and code is compiled once, not at every start: half of the time that a short command takes. */
function keepCompiledCode() {
  const { FAILED } = nodeModule.constants.compileCacheStatus;
  const own = fileURLToPath(new URL('../../node_modules/.cache/kvs-census', import.meta.url));
  // A package that somebody else installed may not be written to; Node's own place is among the temporary files.
  if (nodeModule.enableCompileCache(own).status === FAILED) nodeModule.enableCompileCache();
}

/** Runs this file again under another Node, as if it ran here: signals reach it, and its end is this process's end. */
async function runUnder(node) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const [code, signal] = await once(child, 'exit');
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  for (const one of SIGNALS) process.removeAllListeners(one);
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
}

/** The other side of it: if that process was killed, it could tell nobody. */
function endWithParent() {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGHUP'));
  // Waiting for that keeps nothing alive.
  process.channel.unref();
}

async function main() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
    keepCompiledCode();
    endWithParent();
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
  await runUnder(node);
}

await main();
