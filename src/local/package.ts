/**
 * Packages the functions of a checkout with `sls package`, if their sources changed since the last time: a type check
 * first, because `sls package` prints a source error and then hangs for ever; one at a time, because two packagings break
 * each other; killed after a minute. It needs neither credentials nor a network.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Release, waitForLock } from './lock.ts';
import { needTools } from './tools.ts';

type PackageOptions = {
  /** The checkout: where serverless.yml is. */
  readonly root: string;
  /** Told in a few words what takes time. */
  readonly log: (line: string) => void;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
};

/** What of src is in no package: whatever else there is, may be. */
const NOT_PACKAGED = ['cli', 'local'];
/** What packages are made of besides. */
const BESIDE = ['infra', 'serverless.yml', 'package.json', 'package-lock.json', 'tsconfig.json'];
/** Git-ignored. */
const WORKING_FOLDER = '.kvs-census';
const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';
const DIGEST_FILE = 'kvs-census-digest.json';
const TIMEOUT_MS = 60_000;
const LOCK = 'package.lock';
const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href;
/** What was killed may still be writing for a moment. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };

/**
 * @returns the folder that holds the compiled template and the zips
 * @throws a message for people, with what the type check or the packaging printed; the signal's reason when that comes
 */
export async function ensurePackaged(options: PackageOptions): Promise<string> {
  const { root, log, signal } = options;
  const packageDir = path.join(root, '.serverless');
  if (await isCurrent(root, packageDir)) return packageDir;
  const unlock = await lock(path.join(root, WORKING_FOLDER), signal);
  try {
    // Whoever held the lock before may have done the work.
    if (await isCurrent(root, packageDir)) return packageDir;
    needTools(root);
    const sources = await digestSources(root);
    log('checking types');
    const project = await writeProject(root);
    await run(options, 'typescript', 'tsc', ['--project', project], 'The sources do not pass the type check');
    log('packaging the functions');
    await rm(path.join(packageDir, DIGEST_FILE), { force: true });
    await run(options, 'serverless', 'serverless', ['package'], 'The functions could not be packaged');
    const template = await digestFile(path.join(packageDir, TEMPLATE_FILE));
    await writeFile(path.join(packageDir, DIGEST_FILE), JSON.stringify({ sources, template }));
    return packageDir;
  } finally {
    await unlock();
  }
}

/** The checkout's own type check, of what is packaged alone: a test that is half written must not stop a start. */
async function writeProject(root: string): Promise<string> {
  const file = path.join(root, WORKING_FOLDER, 'tsconfig.json');
  const include = (await packagedSources(root)).map((source) => `../${source}`);
  await writeFile(file, JSON.stringify({ extends: '../tsconfig.json', include }));
  return file;
}

/** The template is part of it, so that a packaging for another stage is not taken for this one. */
async function isCurrent(root: string, packageDir: string): Promise<boolean> {
  const written = await readFile(path.join(packageDir, DIGEST_FILE), 'utf8').catch(() => undefined);
  if (written === undefined) return false;
  const template = await digestFile(path.join(packageDir, TEMPLATE_FILE)).catch(() => undefined);
  return written === JSON.stringify({ sources: await digestSources(root), template });
}

async function packagedSources(root: string): Promise<string[]> {
  const names = await readdir(path.join(root, 'src'));
  return names
    .filter((name) => !NOT_PACKAGED.includes(name))
    .sort()
    .map((name) => `src/${name}`);
}

async function digestSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of [...(await packagedSources(root)), ...BESIDE]) {
    for (const file of await filesUnder(path.join(root, source))) {
      hash.update(JSON.stringify([path.relative(root, file), await digestFile(file)]));
    }
  }
  return hash.digest('hex');
}

async function digestFile(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** One file, or every file below a folder, in a fixed order; nothing for what does not exist. */
async function filesUnder(target: string): Promise<string[]> {
  const stats = await stat(target).catch(() => undefined);
  if (!stats) return [];
  if (!stats.isDirectory()) return [target];
  const names = (await readdir(target)).sort();
  const nested = await Promise.all(names.map((name) => filesUnder(path.join(target, name))));
  return nested.flat();
}

/** One packaging at a time in this checkout. */
async function lock(folder: string, signal: AbortSignal | undefined): Promise<Release> {
  const release = await waitForLock(path.join(folder, LOCK), { waitMs: 2 * TIMEOUT_MS, signal });
  if (release) return release;
  throw new Error('Another process has been packaging in this folder for minutes; end that one first.');
}

/**
 * Runs a command that npm installed, under this same Node. It ends with this process, and what it leaves among its
 * temporary files goes with the folder that they are in.
 */
async function run(
  { root, signal }: PackageOptions,
  module: string,
  command: string,
  args: string[],
  complaint: string,
): Promise<void> {
  const manifestFile = createRequire(path.join(root, 'package.json')).resolve(`${module}/package.json`);
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as { bin: Record<string, string> };
  const script = path.join(path.dirname(manifestFile), manifest.bin[command] ?? '');
  const temporary = path.join(root, WORKING_FOLDER, 'packaging');
  signal?.throwIfAborted();
  await rm(temporary, REMOVE);
  await mkdir(temporary);
  try {
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, script, ...args], {
      cwd: root,
      env: { ...commandEnvironment(), TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that whatever it started can be ended with it.
      detached: true,
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => output.push(text));
    const code = await ended(child, signal);
    if (code === 0) return;
    signal?.throwIfAborted();
    const ending = code === null ? ` (ended after ${TIMEOUT_MS / 1000} s)` : '';
    throw new Error(`${complaint}${ending}:\n${output.join('').trim()}`);
  } finally {
    await rm(temporary, REMOVE);
  }
}

/** Its exit code; none if it was killed, because it took too long or the signal came. */
async function ended(child: ChildProcess, signal: AbortSignal | undefined): Promise<number | null> {
  const kill = () => endGroup(child);
  const timer = setTimeout(kill, TIMEOUT_MS);
  signal?.addEventListener('abort', kill);
  try {
    return await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** Packaging asks for no credentials and must not be changed by those that happen to be set. */
function commandEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'NODE_OPTIONS');
  return {
    ...Object.fromEntries(inherited),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Whatever a deployment of the same stage is given: a laptop counts as serverless.yml says.
    KVS_CENSUS_PARAMETERS_FILE: '',
    NO_COLOR: '1',
  };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    // Windows knows no groups.
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
