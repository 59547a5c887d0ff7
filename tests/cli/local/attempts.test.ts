import { makeAttempts } from '../../../src/cli/local/attempts.ts';
import { makeLog } from '../../../src/log.ts';

/** As the worker says it: tests/functions/worker.test.ts holds it to that. */
const MESSAGE = 'region not counted';

test('what the worker says of its failures tells how long a region waits, and when no more', () => {
  const attempts = makeAttempts([750, 3000]);
  const log = makeLog(attempts.note);
  expect(attempts.waitAfter('eu-west-1')).toBeUndefined();
  const waits = [1, 2, 3].map((receives) => {
    log.warn(MESSAGE, { region: 'eu-west-1', receives });
    log.warn(MESSAGE, { region: 'us-east-1' });
    return attempts.waitAfter('eu-west-1');
  });
  expect(waits).toEqual([750, 3000, null]);
  expect(attempts.waitAfter('us-east-1')).toBeUndefined();
  attempts.note(`${MESSAGE}, in no JSON`);
});
