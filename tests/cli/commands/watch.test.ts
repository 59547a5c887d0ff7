/** `kvs-census watch`: what it says of a run that is over, and of one that nothing will come of. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../src/cli/program.ts';
import { openLedgerFolder } from '../../../src/cli/source/ledger-folder.ts';
import { ACCOUNT, history, type Past } from '../history.ts';
import { createTable } from '../ledger-folder.ts';
import { cleanUp, fill, makeClient, makeIo, startLedger, TABLE, temporaryFolder } from '../world.ts';

afterAll(cleanUp);

const past = [...history({ runs: 1, regions: ['eu-west-1', 'us-east-1'], isMissing: () => false })] as [Past];
const { runId } = past[0].run;

test('a run that is over is said to be, and shown, once', async () => {
  const ledger = await startLedger();
  await ledger.fill(past);
  const { code, out, err } = await ledger.command('watch');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^The run 2026-11-20T06:00:00Z is over\. It settled at 2026-11-20T06:00:02Z \(1 h ago\)\.\n\n/);
  expect(out.match(/676 streams|eu-west-1/g)).toEqual(['676 streams', 'eu-west-1']);
  const json = await ledger.command('watch --json');
  expect(json.out.trimEnd().split('\n')).toHaveLength(1);
});

test('a run that nothing goes on with is shown as it is, and no more is waited for', async () => {
  const folder = temporaryFolder();
  const ledger = join(folder, '.kvs-census', 'ledger');
  mkdirSync(ledger, { recursive: true });
  const opened = await openLedgerFolder(ledger);
  const client = makeClient(opened.endpoint);
  await createTable(client, TABLE);
  const { total: _, announcedRev: __, ...open } = past[0].run;
  await fill(client, [
    { run: { ...open, sweep: 'OPEN', pending: ['us-east-1'] }, records: past[0].records.slice(0, 1) },
  ]);
  client.destroy();
  await opened.close();
  const io = makeIo(folder);
  expect(await run(['watch', '--local', '--account', ACCOUNT], io)).toBe(1);
  expect(io.out()).toMatch(/^06:00:00 {2}run .* is open: 2 regions\n06:00:02 {2}eu-west-1 counted: .*\n$/);
  expect(io.err()).toBe(
    `error: No stack runs here, so nothing of the run ${runId} goes on: the next \`npm start\` in this folder settles it.\n`,
  );
});
