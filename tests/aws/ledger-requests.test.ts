/** What the functions send to the table. The snapshots are to be read: each is a request. What they do: tests/contract. */
import fc from 'fast-check';
import * as requests from '../../src/aws/ledger-requests.ts';
import { parentKeyOf } from '../../src/census/organization/run.ts';
import { ACCOUNT, aRun, aTotal, counted, failed, KEY, RUN_ID } from '../census/examples.ts';
import { aliasesOf } from './aliases.ts';

const TABLE = { tableName: 'kvs-census-test' };
const REGION = 'eu-west-1';
const RUN = aRun([REGION]);
const RUN_KEY = { pk: { S: `RUN#${ACCOUNT}#${RUN_ID}` }, sk: { S: 'RUN' } };

describe('the requests', () => {
  const all = {
    'open a run': requests.openRunRequest(aRun([REGION]), TABLE),
    'read a run': requests.readRunRequest(KEY, TABLE),
    'read a run and a record': requests.readRunAndRecordRequest(KEY, REGION, TABLE),
    'read a run, a record, the one before, and whether the region is dark': requests.readRunAndRecordRequest(
      KEY,
      REGION,
      TABLE,
      '2026-11-20T00:00:00Z',
      parentKeyOf(KEY),
    ),
    'read the records of a run': requests.readRecordsRequest(KEY, TABLE),
    'mark a round as dispatched': requests.markDispatchedRequest(KEY, 1, TABLE),
    'write a counted record': requests.writeRecordRequest(counted(REGION, 7), RUN, TABLE),
    'write a failed record': requests.writeRecordRequest(failed(REGION, { round: 1 }), RUN, TABLE),
    'strike a counted region': requests.strikeRequest(counted(REGION, 7), TABLE),
    'strike a failed region': requests.strikeRequest(failed(REGION, { round: 1 }), TABLE),
    'store a total': requests.storeTotalRequest(KEY, aTotal({ streams: 7 }), 4, '2026-11-20T06:00:10.000Z', TABLE),
    'mark a total as announced': requests.markAnnouncedRequest(KEY, 5, TABLE),
    'mark a run as settled, and keep it for the sweep': requests.markSettledRequest(KEY, 5, 'keep', TABLE),
    'mark a run as settled, and take it out of the sweep': requests.markSettledRequest(KEY, 5, 'forget', TABLE),
    'list the runs for the sweep': requests.runsForSweepRequest('OPEN', undefined, TABLE),
    'list the runs for the sweep, from where it stopped': requests.runsForSweepRequest('PARTIAL', KEY, TABLE),
    'read where the sweep stopped': requests.readSweepPlaceRequest('OPEN', TABLE),
    'note where the sweep stopped': requests.writeSweepPlaceRequest('PARTIAL', KEY, TABLE),
    'note that the sweep came to the end': requests.writeSweepPlaceRequest('PARTIAL', undefined, TABLE),
    'find the last count of a region': requests.lastKnownRequest(ACCOUNT, REGION, RUN_ID, TABLE),
    'find the runs before one': requests.earlierRunsRequest(KEY, TABLE),
    'bring a deadline forward': requests.bringDeadlineForwardRequest(KEY, '2026-11-20T06:30:00.000Z', TABLE),
    'open a round': requests.openRoundRequest(KEY, new Set([REGION]), 2, '2026-11-20T09:00:00.000Z', TABLE),
  };

  test.each(Object.entries(all))('%s', (_name, request) => {
    expect(request).toMatchSnapshot();
  });

  test.each(Object.entries(all))('%s: every alias is used, and every alias that is used is there', (_name, request) => {
    const { used, said } = aliasesOf(request);
    expect(used).toEqual(said);
  });

  test('of any record go to the key of its run and region, in the table that was configured', () => {
    fc.assert(
      fc.property(fc.constantFrom('eu-west-1', 'us-east-1'), fc.nat(5), (region, round) => {
        const request = requests.writeRecordRequest(failed(region, { round }), RUN, { tableName: 't' });
        expect(request.TableName).toBe('t');
        expect(request.Item).toMatchObject({ pk: RUN_KEY.pk, sk: { S: `REGION#${region}` } });
      }),
    );
  });
});
