/** `kvs-census run --now`: what it sets going. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { misfits } from '../../../infra/openapi/schemas.ts';
import { runIdOf } from '../../../src/census/run.ts';
import { run } from '../../../src/cli/program.ts';
import { ACCOUNT } from '../history.ts';
import { makeIo, NOW_MS, temporaryFolder } from '../world.ts';
import { command, partial, put, stack, startStack, stopStack, until } from './stack.ts';

beforeEach(startStack);
afterEach(stopStack);

test('invokes the dispatcher with the present instant, asynchronously', async () => {
  const { code, out } = await command('run --now');
  expect({ code, out }).toEqual({
    code: 0,
    out: 'The run 2026-11-20T08:00:00Z was asked for, of every kind that the stack counts. Follow it with: kvs-census watch 2026-11-20T08:00:00Z --local --account 123456789012\n',
  });
  const line = await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
  expect(line.line).toContain('{"given":{"runId":"2026-11-20T08:00:00Z"}}');
});

test('--json gives the id', async () => {
  const document = JSON.parse((await command('run --now --json')).out);
  expect(document).toMatchObject({ schema: 'kvs-census/started/1', runId: '2026-11-20T08:00:00Z' });
  expect(misfits(document)).toEqual([]);
});

test('--wait sees it through', async () => {
  const runId = runIdOf(NOW_MS) as string;
  const waiting = command('run --now --wait');
  await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
  await put(partial(runId));
  const { code, out } = await waiting;
  expect(code).toBe(2);
  expect(out).toContain(
    `08:00:00  run ${runId} is open: 4 regions\n08:00:02  eu-west-1 counted: 7 streams, 1 page, 1 call, 0.2 s\n`,
  );
  expect(out).toContain('  me-south-1 failed: throttled\n');
  expect(out).toContain('16 streams in 2 of 4 regions  PARTIAL');
});

test('--wait sees the run of the kind through that is named', async () => {
  const runId = runIdOf(NOW_MS) as string;
  const waiting = command('run --now --wait --kind channels');
  await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
  await put(partial(runId, `${ACCOUNT}/channels`));
  const { code, out } = await waiting;
  expect(code).toBe(2);
  expect(out).toContain('  eu-west-1 counted: 7 channels, 1 page, 1 call, 0.2 s\n');
  expect(out).toContain('16 channels in 2 of 4 regions  PARTIAL');
});

describe('A stack that says which kinds it counts', () => {
  beforeEach(async () => {
    await stopStack();
    await startStack('streams,channels');
  });

  test.each(['run --now --wait', 'run --now'])(
    'starts nothing for %s of another kind, and says so at once',
    async (line) => {
      const sleep = () => Promise.reject(new Error('Nothing is waited for.'));
      const { code, out, err } = await command(`${line} --kind data-streams`, { sleep });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^error: kvs-census-\S+-dispatcher counts streams and channels, and no data-streams, so nothing was started: count them with `npm start -- --kinds streams,channels,data-streams`, or leave --kind out\.\n$/,
      );
      expect(stack.lines.filter(({ line: text }) => text.includes('given'))).toEqual([]);
    },
  );

  test('starts a run where the kind is one of them', async () => {
    expect(await command('run --now --kind channels')).toMatchObject({ code: 0, err: '' });
    await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
  });
});

test('--wait for a kind that the stack does not count, where it does not say so, ends, and says how it is counted', async () => {
  let looks = 0;
  const nowMs = () => NOW_MS + 30_000 * looks++;
  const { code, out, err } = await command('run --now --wait --kind channels', { nowMs });
  expect(code).toBe(1);
  expect(out).toContain('waiting for the dispatcher to open the run');
  expect(err).toMatch(
    /^error: There are no runs of channels of the account \d+ in the local stack at \S+, nor of any other kind: count them with `npm start -- --kinds streams,channels`, or leave --kind out\.\n$/,
  );
});

test('the function of a stack that is not there is named, and no ledger is said to be there', async () => {
  expect(await command('run --now --stage nowhere')).toEqual({
    code: 1,
    out: '',
    err: 'error: The local stack has no such function of kvs-census-nowhere: check --stage and --table.\n',
  });
});

test('only a ledger and no stack: what sets something going says so', async () => {
  const io = makeIo(temporaryFolder());
  mkdirSync(join(io.folder, '.kvs-census', 'ledger'), { recursive: true });
  expect(await run(['run', '--now', '--local'], io)).toBe(1);
  expect(io.err()).toMatch(
    /^error: Only the local ledger in .* is there, and no running stack: start one with `npm start -- --keep`\.\n$/,
  );
});
