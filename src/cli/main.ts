/** Where the command starts, once bin.js has found a Node that can run it. */
import { settleAwsEnvironment } from '../surroundings.ts';
import { processIo } from './io.ts';
import { run } from './program.ts';

/** Runs the command line of the process; sets its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  settleAwsEnvironment();
  process.exitCode = await run(argv.slice(2), processIo());
}
