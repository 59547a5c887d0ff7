/** The command as a process: what only a real one shows. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, history } from './history.ts';
import { fillFolder } from './ledger-folder.ts';
import { cleanUp, makeDevice, TABLE, temporaryFolder } from './world.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  const isMissing = (n: number, region: string) => n === 399 && region === 'sa-east-1';
  const past = history({ runs: 400, censusId: '000000000000', isMissing });
  await fillFolder(join(folder, '.kvs-census', 'ledger'), TABLE, past);
});
afterAll(cleanUp);

/** No credentials, no configuration, nobody to ask for either. */
function bareEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
}

function command(line: string, env: NodeJS.ProcessEnv = {}, cwd = folder): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [BIN, ...line.split(' ')], {
    cwd,
    encoding: 'utf8',
    env: { ...bareEnvironment(folder), ...env },
  });
}

test('the ledger that npm start keeps is read without AWS, without colour in a pipe', () => {
  const { status, stdout, stderr } = command('latest --local');
  expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
  expect(stdout).toMatch(/^[\d,]+ streams in 18 of 19 regions {2}PARTIAL\n/);
  expect(stdout).not.toContain('\u001b');
});

test('two commands at once wait for each other: the ledger folder has one reader at a time', async () => {
  const commands = [1, 2, 3].map(() =>
    spawn(process.execPath, [BIN, 'runs', '--local', '--json'], {
      cwd: folder,
      env: bareEnvironment(folder),
      stdio: 'ignore',
    }),
  );
  const codes = await Promise.all(commands.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
});

test('a reader that has had enough is no error', async () => {
  const child = spawn(process.execPath, [BIN, 'export', '--local', '--format', 'ndjson'], {
    cwd: folder,
    env: bareEnvironment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  expect({ code, errors: Buffer.concat(errors).toString() }).toEqual({ code: 0, errors: '' });
});

test('no credentials', () => {
  const { status, stdout, stderr } = command('latest', { AWS_REGION: 'eu-west-1' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^error: No AWS credentials were found[^\n]*\.\n$/);
});

test('no region', () => {
  const { status, stderr } = command('latest', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'error: No AWS region is set: give --region, set AWS_REGION, or name a profile that has one with --profile; --local reads the ledger of `npm start` without any.\n',
  });
});

test('nobody answers', () => {
  const { status, stderr } = command(`latest --account ${ACCOUNT}`, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'error: AWS in eu-west-1 could not be reached (ECONNREFUSED): check the network and --region.\n',
  });
});

test('a profile that does not exist', () => {
  const { status, stderr } = command('latest --profile nobody --region eu-west-1');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain('There is no profile nobody');
});

describe('Shell completion', () => {
  test.each(['bash', 'zsh', 'fish'])('there is a script for %s', (shell) => {
    const { status, stdout } = command(`completion ${shell}`);
    expect(status).toBe(0);
    expect(stdout).toContain('kvs-census');
  });

  test('commands, options and values are completed', () => {
    expect(command('complete -- re').stdout).toMatch(/^region\t.*\nreport\t.*\nretry\t.*\nredrive\t/);
    expect(command('complete -- export --form').stdout).toContain('--format');
    expect(command('complete -- export --format ').stdout).toMatch(/^json\t?\nndjson\t?\ncsv\t?\nprometheus/);
    expect(command('complete -- watch ').stdout).toMatch(/^latest\t/);
  });
});

/** How long a run lasts may differ by 20 between machines; that memory grows with the history may not. */
test('a long history streams: ten times as many runs take no more than a little more memory', () => {
  const peak = (runs: number) => {
    const script = `
      process.argv = ['node', 'kvs-census', 'export', '--local', '--format', 'ndjson', '--last', '${runs}', '--out', '${makeDevice('null')}'];
      process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));
      await import(${JSON.stringify(BIN)});`;
    const { stderr } = spawnSync(
      process.execPath,
      ['--max-semi-space-size=1', '--max-old-space-size=80', '--input-type=module', '-e', script],
      {
        cwd: folder,
        env: bareEnvironment(folder),
        encoding: 'utf8',
      },
    );
    return Number(stderr) / 1024;
  };
  expect(peak(400)).toBeLessThan(peak(40) + 100);
});
