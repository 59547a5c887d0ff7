/** Where the command starts, once bin.js has found a Node that can run it. */
import { settleAwsEnvironment } from '../surroundings.ts';
import { sentenceOf } from './errors.ts';
import { processIo } from './io.ts';
import { run } from './program.ts';
import { plain } from './render/plain.ts';

/** Runs the command line of the process; sets its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  settleAwsEnvironment();
  const io = processIo();
  // The embedded table throws out of the process where its disk is full, and what is thrown so nobody else can catch.
  process.on('uncaughtException', (error) => {
    io.warn(`error: ${plain(sentenceOf(error))}`);
    if (argv.includes('--debug')) io.warn(String(error.stack));
    process.exit(1);
  });
  process.exitCode = await run(argv.slice(2), io);
}
