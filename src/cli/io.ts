/** What a command has of the world outside: where it writes, how wide that is, the clock. Tests bring their own. */
import { once } from 'node:events';

export type Io = {
  /** Resolves when there is room for more, so that a large output does not pile up in memory. */
  write(text: string): Promise<void>;
  /** One warning or note for people, on standard error. */
  warn(sentence: string): void;
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
  colour: boolean;
  /** Columns. */
  width: number;
  /** Where `.kvs-census` is looked for, and relative files are. */
  folder: string;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Resolves when a person interrupts the command. */
  interrupted(): AbortSignal;
  /** What the process will exit with: 0 fine, 2 partial, 1 error. */
  exitCode: number;
};

/** Where there is no terminal there is no width to fit; this is wide enough for every table. */
const UNLIMITED_WIDTH = 160;

export function processIo(): Io {
  const { stdout, stderr } = process;
  endQuietlyWhenNobodyReads(stdout);
  return {
    async write(text) {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    warn: (sentence) => void stderr.write(`${sentence}\n`),
    isTerminal: stdout.isTTY === true,
    // hasColors() minds NO_COLOR, FORCE_COLOR and TERM.
    colour: stdout.isTTY === true && stdout.hasColors(),
    width: (stdout.isTTY === true && stdout.columns) || UNLIMITED_WIDTH,
    folder: process.cwd(),
    nowMs: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    interrupted: makeInterrupted(),
    exitCode: 0,
  };
}

/** `kvs-census export | head` is no error: whoever reads has had enough. */
function endQuietlyWhenNobodyReads(stdout: NodeJS.WriteStream): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

function makeInterrupted(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const made = new AbortController();
      controller = made;
      process.once('SIGINT', () => made.abort()).once('SIGTERM', () => made.abort());
    }
    return controller.signal;
  };
}
