import { makeAttempts } from '../../../src/cli/local/attempts.ts';
import { makeLog } from '../../../src/log.ts';

const ACCOUNT = '000000000000';
/** As the worker says it: tests/functions/worker.test.ts holds it to that. */
const MESSAGE = 'region not counted';

test('what the worker says of its failures tells how long a region waits, and when no more', () => {
  const attempts = makeAttempts(ACCOUNT, [750, 3000]);
  const waitAfter = attempts.waitAfter('streams');
  const log = makeLog(attempts.note);
  expect(waitAfter('eu-west-1')).toBeUndefined();
  const waits = [1, 2, 3].map((receives) => {
    log.warn(MESSAGE, { censusId: ACCOUNT, region: 'eu-west-1', receives });
    log.warn(MESSAGE, { censusId: ACCOUNT, region: 'us-east-1' });
    return waitAfter('eu-west-1');
  });
  expect(waits).toEqual([750, 3000, null]);
  expect(waitAfter('us-east-1')).toBeUndefined();
  attempts.note(`${MESSAGE}, in no JSON`);
});

test('what is said of one kind tells nothing of another', () => {
  const attempts = makeAttempts(ACCOUNT, [750]);
  makeLog(attempts.note).warn(MESSAGE, { censusId: `${ACCOUNT}/channels`, region: 'eu-west-1', receives: 1 });
  expect(attempts.waitAfter('channels')('eu-west-1')).toBe(750);
  expect(attempts.waitAfter('streams')('eu-west-1')).toBeUndefined();
});
