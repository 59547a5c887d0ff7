/** `npm run chaos`: dozens of runs of the packaged functions while everything fails, and the verdict. */
import { fileURLToPath } from 'node:url';
import { ensurePackaged } from '../../src/local/package.ts';
import { chaos, type Result } from './chaos.ts';
import { type Options, readOptions } from './options.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const { runs, seed, seconds } = options;
  print(`seed ${seed}`);
  print(
    `${runs} runs, ${seconds} s of chaos; again with: npm run chaos -- --runs ${runs} --seed ${seed} --seconds ${seconds}`,
  );
  const packageDir = await ensurePackaged({ root: fileURLToPath(new URL('../..', import.meta.url)), log: print });
  return report(await chaos(options, packageDir, print), options);
}

const MOST_PRINTED = 20;

function report({ rows, violations, blind }: Result, { seed }: Options): number {
  print('');
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value } of rows) print(`${name.padEnd(width)}  ${value}`);
  print('');
  if (blind.length > 0) {
    print(`Chaos did not see everything, so its verdict is worth nothing (seed ${seed}):`);
    for (const sentence of blind.slice(0, MOST_PRINTED)) print(`  ${sentence}`);
    return 1;
  }
  if (violations.length === 0) {
    print('no violation');
    return 0;
  }
  print(`${violations.length} violations (seed ${seed}):`);
  for (const { invariant, what } of violations.slice(0, MOST_PRINTED)) print(`  ${invariant}: ${what}`);
  if (violations.length > MOST_PRINTED) print(`  and ${violations.length - MOST_PRINTED} more`);
  return 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
