import { type ConcludePorts, conclude, strikeAndNudge } from '../../src/census/conclude.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import { aRun, aStoredTotal, counted, failed, KEY } from './examples.ts';

const PLAN = ['eu-west-1', 'us-east-1'];
const LAST_ONE = aRun(PLAN, { pending: [] });
const ONE_LEFT = aRun(PLAN, { pending: ['us-east-1'] });

/** Ports that only note the order in which they are called. */
function makePorts(answers: { write?: 'written' | 'refused'; strike?: Run | undefined }) {
  const calls: string[] = [];
  const note = (call: string, record: RegionRecord) => calls.push(`${call} ${record.status} ${record.region}`);
  const ports: ConcludePorts = {
    ledger: {
      writeRecord: async (record) => {
        note('write', record);
        return answers.write ?? 'written';
      },
      strike: async (record) => {
        note('strike', record);
        return answers.strike;
      },
    },
    sendNudge: async ({ censusId, runId }) => {
      calls.push(`nudge ${censusId} ${runId}`);
    },
  };
  return { ports, calls };
}

const NUDGE = `nudge ${KEY.censusId} ${KEY.runId}`;

test('the end of a region is recorded, then struck, and the last one nudges', async () => {
  const { ports, calls } = makePorts({ strike: LAST_ONE });
  await expect(conclude(ports, counted('eu-west-1', 1), LAST_ONE)).resolves.toBe('written');
  expect(calls).toEqual(['write counted eu-west-1', 'strike counted eu-west-1', NUDGE]);
});

test('nobody is nudged while another region is pending', async () => {
  const { ports, calls } = makePorts({ strike: ONE_LEFT });
  await conclude(ports, failed('eu-west-1'), LAST_ONE);
  expect(calls).toEqual(['write failed eu-west-1', 'strike failed eu-west-1']);
});

test('every strike of a run that has a total nudges, because it may be an improvement', async () => {
  const { ports, calls } = makePorts({ strike: { ...ONE_LEFT, total: aStoredTotal() } });
  await conclude(ports, counted('eu-west-1', 1), LAST_ONE);
  expect(calls.at(-1)).toBe(NUDGE);
});

test('a record that was refused is struck all the same: the writer of the better one may have died before it', async () => {
  const { ports, calls } = makePorts({ write: 'refused', strike: LAST_ONE });
  await expect(conclude(ports, failed('eu-west-1'), LAST_ONE)).resolves.toBe('refused');
  expect(calls).toEqual(['write failed eu-west-1', 'strike failed eu-west-1', NUDGE]);
});

test('nobody is nudged about a run that is not there, or that has moved on', async () => {
  const { ports, calls } = makePorts({});
  await strikeAndNudge(ports, failed('eu-west-1'));
  expect(calls).toEqual(['strike failed eu-west-1']);
});

test('without its record nothing is struck', async () => {
  const { ports, calls } = makePorts({ strike: LAST_ONE });
  const broken = { ...ports.ledger, writeRecord: () => Promise.reject(new Error('The ledger is down.')) };
  await expect(conclude({ ...ports, ledger: broken }, counted('eu-west-1', 1), LAST_ONE)).rejects.toThrow(
    'The ledger is down.',
  );
  expect(calls).toEqual([]);
});

test('without its strike nobody is nudged', async () => {
  const { ports, calls } = makePorts({});
  const broken = { ...ports.ledger, strike: () => Promise.reject(new Error('The ledger is down.')) };
  await expect(conclude({ ...ports, ledger: broken }, counted('eu-west-1', 1), LAST_ONE)).rejects.toThrow(
    'The ledger is down.',
  );
  expect(calls).toEqual(['write counted eu-west-1']);
});
