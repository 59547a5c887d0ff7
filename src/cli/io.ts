/** What a command has of the world outside: where it writes, how wide that is, the clock. Tests bring their own. */
import { fstatSync, writeSync } from 'node:fs';
import { startedAs, terminalConfig } from '../surroundings.ts';
import { OutputLost } from './errors.ts';
import { plainLines } from './render/plain.ts';

export type Io = {
  /**
   * Resolves when it is written, so that a large output does not pile up in memory.
   * @throws OutputLost when standard output has gone away or is full
   */
  write(text: string): Promise<void>;
  /** Why standard output cannot be written to any more. */
  lost(): OutputLost | undefined;
  /** One warning or note for people, on standard error if that is still there. */
  warn(sentence: string): void;
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
  /** Whether it is one on which a picture can be drawn over the one before. */
  redraws: boolean;
  colour: boolean;
  /** Columns. */
  width: number;
  /** What the person typed to start the command: `npx kvs-census`, or `kvs-census` where that is installed. */
  startedAs: string;
  /** Where `.kvs-census` is looked for, and relative files are. */
  folder: string;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Aborts when a person or a supervisor wants the command to end. */
  interrupted(): AbortSignal;
  /** What the process will exit with: 0 fine, 2 partial, 1 error. */
  exitCode: number;
};

/** Where there is no terminal there is no width to fit; this is wide enough for every table. */
const UNLIMITED_WIDTH = 160;
const STDOUT = 1;

export function processIo(): Io {
  const { stdout, stderr } = process;
  const output = makeOutput(stdout);
  // Nobody is left to be told that nobody can be told.
  stderr.on('error', () => {});
  const isTerminal = stdout.isTTY === true;
  return {
    write: output.write,
    lost: output.lost,
    warn: (sentence) => void stderr.write(`${plainLines(sentence)}\n`),
    isTerminal,
    redraws: isTerminal && !terminalConfig().isDumb,
    // hasColors() minds NO_COLOR, FORCE_COLOR and TERM.
    colour: isTerminal && stdout.hasColors(),
    width: (isTerminal && stdout.columns) || UNLIMITED_WIDTH,
    startedAs: startedAs(process.argv[1]),
    folder: process.cwd(),
    nowMs: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    interrupted: makeInterrupted(),
    exitCode: 0,
  };
}

/** Standard output: whoever reads it may go away at any moment, and what it is written to may be full. */
function makeOutput(stdout: NodeJS.WriteStream): { write: Io['write']; lost(): OutputLost | undefined } {
  let lost: OutputLost | undefined;
  const lose = (cause: Error) => {
    lost ??= new OutputLost(cause);
    return lost;
  };
  stdout.on('error', lose);
  const send = isFile(STDOUT) ? (text: string) => writeFully(STDOUT, text) : (text: string) => sent(stdout, text);
  return {
    lost: () => lost,
    async write(text) {
      if (lost !== undefined) throw lost;
      try {
        await send(text);
      } catch (cause) {
        throw lose(cause as Error);
      }
    },
  };
}

/** Writes all of it: where not all fits, the system writes a part, and tells by a number alone. */
export async function writeFully(fd: number, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

function sent(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function makeInterrupted(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const made = new AbortController();
      controller = made;
      // For good: a terminal and npm both pass the same Ctrl-C on, and the second must not cut the end short.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => made.abort());
    }
    return controller.signal;
  };
}
