/**
 * npm runs a script through a shell. When npm is told to end it tells that shell, which ends and tells nobody; when it is
 * killed, not even that happens. Either way what runs until it is stopped would run for ever, so it looks who its parents are.
 */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 250;

/**
 * Treats the end of a parent like that of a terminal, by SIGHUP, if npm runs the command. A person's own shell may be left
 * to end while its commands go on.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = parents();
  const timer = setInterval(() => {
    if (parents() === before) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** The shell, and where the system tells it npm: both change when one of them is gone. */
function parents(): string {
  const { ppid } = process;
  return `${ppid} ${parentOf(ppid)}`;
}

/** Only Linux has such a file: elsewhere an npm that is killed alone goes unnoticed. */
function parentOf(pid: number): string {
  try {
    // pid (name) state ppid ..., and a name may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] ?? '';
  } catch {
    return '';
  }
}
