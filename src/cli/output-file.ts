/**
 * Where `--out` and `--html` write. A file is replaced whole or not at all, and keeps its mode and owner; a symbolic link
 * is followed. What is not a file (a pipe, a device, what the shell has opened) is written to as it stands.
 */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OutputLost, UsageError } from './errors.ts';
import { fileSentence } from './file-errors.ts';
import { type Io, writeFully } from './io.ts';
import { plainLines } from './render/plain.ts';

type Sink = {
  write(text: string): Promise<void>;
  /** What was written stays. */
  finish(): Promise<void>;
  /** What was written goes, as far as it can. */
  abandon(): Promise<void>;
  /** Whether there is a file now that was not there, or was another. */
  isFile: boolean;
};

/**
 * Writes the text, part by part.
 * @param out a path, relative to the command's folder; absent: standard output
 * @returns the path of the file that was made, if it is one
 * @throws UsageError that names what cannot be written, OutputLost when nobody reads any more
 */
export async function writeOutput(
  io: Io,
  out: string | undefined,
  text: AsyncIterable<string>,
): Promise<string | undefined> {
  const path = out === undefined ? undefined : resolve(io.folder, out);
  const sink = path === undefined ? toStandardOutput(io) : await naming(path, () => openSink(io, path));
  const parts = text[Symbol.asyncIterator]();
  const interrupted = sink.isFile ? whenInterrupted(io) : NEVER;
  try {
    for (;;) {
      const coming = parts.next();
      const next = await Promise.race([coming, interrupted]);
      if (next === undefined) {
        // What is being read must not be closed under its reader.
        await coming.catch(() => {});
        throw new UsageError(`Interrupted; ${path} is as it was.`);
      }
      if (next.done) break;
      await naming(path, () => sink.write(next.value));
    }
    await naming(path, () => sink.finish());
  } catch (error) {
    await parts.return?.(undefined);
    await sink.abandon();
    throw error;
  }
  return sink.isFile ? path : undefined;
}

/** A text that is one part. */
export async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function naming<T>(path: string | undefined, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const { code = '', path: place = path } = cause as NodeJS.ErrnoException;
    if (code === 'EPIPE') throw new OutputLost(cause as Error);
    const sentence = place === undefined ? undefined : fileSentence(code, place);
    throw sentence === undefined ? cause : new UsageError(sentence, { cause });
  }
}

const NEVER = new Promise<undefined>(() => {});

function whenInterrupted(io: Io): Promise<undefined> {
  const signal = io.interrupted();
  return new Promise((done) => {
    if (signal.aborted) done(undefined);
    else signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}

async function openSink(io: Io, path: string): Promise<Sink> {
  const place = await follow(path);
  if ('descriptor' in place) return place.descriptor === 1 ? toStandardOutput(io) : toDescriptor(place.descriptor);
  if (place.stats === undefined || place.stats.isFile()) return await toFile(place.path, place.stats);
  if (place.stats.isDirectory()) throw failure('EISDIR', place.path);
  return toHandle(await open(place.path, constants.O_WRONLY));
}

const MOST_LINKS = 40;
/** Opened anew, a file that the shell writes to would begin at its start again, over what is in it. */
const DESCRIPTOR = /^\/(?:dev|proc\/(?:self|\d+))\/fd\/(\d+)$/;

async function follow(path: string): Promise<{ descriptor: number } | { path: string; stats: Stats | undefined }> {
  let next = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = await folderOf(next);
    const here = join(folder, basename(next));
    const stats = await lstat(here).catch(unlessAbsent);
    const descriptor = DESCRIPTOR.exec(here)?.[1];
    if (descriptor !== undefined) {
      if (stats !== undefined) return { descriptor: Number(descriptor) };
      throw new UsageError(
        `${path} is not open here: npx and npm hand on no more than standard output and error; write to a pipe instead (\`... | program\`).`,
      );
    }
    if (!stats?.isSymbolicLink()) return { path: here, stats };
    next = resolve(folder, await readlink(here));
  }
  throw failure('ELOOP', path);
}

/** A folder that is not there is made, with those above it. */
async function folderOf(path: string): Promise<string> {
  const folder = dirname(path);
  try {
    return await realpath(folder);
  } catch (error) {
    unlessAbsent(error as NodeJS.ErrnoException);
    await mkdir(folder, { recursive: true });
    return await realpath(folder);
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}

/** JSON is fit for a terminal as it comes; the other formats hold names as they are. */
function toStandardOutput(io: Io): Sink {
  const write = (text: string) => io.write(io.isTerminal ? plainLines(text) : text);
  return { write, finish: async () => {}, abandon: async () => {}, isFile: false };
}

function toDescriptor(fd: number): Sink {
  return { write: (text) => writeFully(fd, text), finish: async () => {}, abandon: async () => {}, isFile: false };
}

function toHandle(handle: FileHandle): Sink {
  const close = () => handle.close();
  return { write: (text) => handle.appendFile(text), finish: close, abandon: close, isFile: false };
}

/** Written beside the file under a short name of its own, which then takes the file's place. */
async function toFile(path: string, before: Stats | undefined): Promise<Sink> {
  // A file that may not be written to stays as it is, although its folder would let it be replaced.
  if (before !== undefined) await access(path, constants.W_OK);
  else if (Buffer.byteLength(basename(path)) > LONGEST_NAME) throw failure('ENAMETOOLONG', path);
  const folder = dirname(path);
  const unfinished = join(folder, `.kvs-census-${randomUUID().slice(0, 8)}.unfinished`);
  const inFolder = (error: NodeJS.ErrnoException) => {
    throw Object.assign(error, { path: folder });
  };
  const handle = await open(unfinished, 'wx', before === undefined ? 0o666 : 0o600).catch(inFolder);
  return {
    isFile: true,
    write: (text) => handle.appendFile(text),
    async finish() {
      // On the disk before it has the name: a machine that stops in between leaves the old file, not an empty one.
      await handle.sync();
      await handle.close();
      if (before !== undefined) await takeAfter(unfinished, before);
      await rename(unfinished, path).catch((error) => {
        throw Object.assign(error, { path });
      });
    },
    async abandon() {
      await handle.close().catch(() => {});
      await rm(unfinished, { force: true }).catch(() => {});
    },
  };
}

/** Of nearly every file system, in bytes. */
const LONGEST_NAME = 255;

/** Only root may give a file away. */
async function takeAfter(file: string, { uid, gid, mode }: Stats): Promise<void> {
  await chown(file, uid, gid).catch(() => {});
  await chmod(file, mode & 0o777);
}
