import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KINDS } from '../../src/census/kinds.ts';
import { history } from './history.ts';
import { fillFolder } from './ledger-folder.ts';
import { cleanUp, TABLE, temporaryFolder } from './world.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  await fillFolder(
    join(folder, '.kvs-census', 'ledger'),
    TABLE,
    history({ runs: 3, regions: ['eu-west-1'], censusId: '000000000000' }),
  );
  const command = join(folder, 'kvs-census');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(cleanUp);

const SCRIPT = `
set -eu
source <(kvs-census completion bash)
source <(kvs-census completion bash)
COMP_LINE=$1
COMP_POINT=\${#1}
_kvs_census
[[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** What bash would put in the place of the last word; the shell has no completions but ours. */
function pressTab(line: string, environment: Record<string, string> = {}): string[] {
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '--noprofile', '-c', SCRIPT, 'bash', line], {
    cwd: folder,
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').slice(0, -1);
}

const RUNS = ['2026-11-20T06:00:00Z', '2026-11-20T05:30:00Z', '2026-11-20T05:00:00Z'];

test('a run is completed from the ledger that the line names, wherever one is expected', () => {
  const words = ['latest', 'previous', 'yesterday'];
  expect(pressTab('kvs-census explain --local ')).toEqual([...words, ...RUNS]);
  expect(pressTab('kvs-census explain ', { KVS_CENSUS_LOCAL: '1' })).toEqual([...words, ...RUNS]);
  expect(pressTab('kvs-census runs --local --since ')).toEqual(['24h', '7d', ...words, ...RUNS]);
  expect(pressTab('kvs-census diff --local latest 2026-11-20T05')).toEqual(RUNS.slice(1));
});

test('behind a colon only the rest is put in, because bash has broken the word there', () => {
  expect(pressTab('kvs-census explain --local 2026-11-20T05:3')).toEqual(['30:00Z']);
});

test('regions are known without asking anybody', () => {
  expect(pressTab('kvs-census region eu-w')).toEqual(['eu-west-1', 'eu-west-2', 'eu-west-3']);
  // Where a ledger is, something of any kind may be, too.
  expect(pressTab('kvs-census latest --region me-')).toEqual(['me-central-1', 'me-south-1']);
  expect(pressTab('kvs-census local --deny af-')).toEqual(['af-south-1']);
  expect(pressTab('kvs-census local --off af-')).toEqual(['af-south-1']);
});

test('kinds are known, and a run is one of the kind that the line names', () => {
  expect(pressTab('kvs-census latest --kind ')).toEqual([...KINDS]);
  expect(pressTab('kvs-census explain --local --kind channels ')).toEqual(['latest', 'previous', 'yesterday']);
  expect(pressTab('kvs-census region me-')).toEqual(['me-south-1']);
  expect(pressTab('kvs-census region --kind data-streams me-')).toEqual(['me-central-1', 'me-south-1']);
});

test('without a ledger there are words, and no error', () => {
  expect(pressTab('kvs-census run --local --table nobody-has-this ')).toEqual(['latest', 'previous', 'yesterday']);
  expect(pressTab('kvs-census run --stage ')).toEqual([]);
});

test('commands, options and files', () => {
  expect(pressTab('kvs-census red')).toEqual(['redrive']);
  expect(pressTab('kvs-census head')).toEqual(['headroom']);
  expect(pressTab('kvs-census mc')).toEqual(['mcp']);
  expect(pressTab('kvs-census mcp --stag')).toEqual(['--stage']);
  expect(pressTab('kvs-census headroom --ab')).toEqual(['--above']);
  expect(pressTab('kvs-census export --form')).toEqual(['--format']);
  expect(pressTab('kvs-census export --format n')).toEqual(['ndjson']);
  expect(pressTab('kvs-census report --html kvs')).toEqual(['kvs-census']);
});

/** Printed by the command itself. */
function printed(...args: string[]): string {
  const environment = { cwd: folder, env: { PATH: '/usr/bin:/bin', HOME: folder }, encoding: 'utf8' } as const;
  const { stdout, stderr, status } = spawnSync(join(folder, 'kvs-census'), args, environment);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

test.each(['bash', 'zsh', 'fish'])('the script for %s asks the command, and knows whose values are files', (shell) => {
  const script = printed('completion', shell);
  expect(script).toMatch(new RegExp(`^(#compdef kvs-census\n)?# ${shell} completion for kvs-census\n`));
  expect(script).toContain(' complete -- ');
  expect(script).toMatch(/--out\W--html\W--world/);
});

test('a shell that shows what a word means is told', () => {
  const lines = printed('complete', '--', '').split('\n');
  expect(lines).toContain('why\twhy it is lower or higher than before');
  expect(lines.filter((line) => !line.startsWith(':') && line.endsWith('\t'))).toEqual([]);
  expect(printed('complete', '--', 'explain', '--local', '2026-11-20T06')).toContain(
    '2026-11-20T06:00:00Z\t131 streams, complete\n',
  );
});
