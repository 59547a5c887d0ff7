import { parkedOf } from '../../src/answers/parked.ts';

const NOW_MS = Date.parse('2026-11-20T06:00:00Z');

describe('What is parked', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-dev-aggregator';
  const of = (body: string, attributes: Record<string, string> = {}) =>
    parkedOf('failed-invocations', { id: 'x', body, sentAt: '', attributes }, NOW_MS);
  const lambda = (fields: object) =>
    JSON.stringify({ requestContext: { functionArn: `${ARN}:$LATEST`, condition: 'EventAgeExceeded' }, ...fields });

  test('a nudge that the aggregator failed on names its run', () => {
    const payload = {
      Records: [{ Sns: { Message: '{"version":1,"accountId":"123456789012","runId":"2026-11-20T06:00:00Z"}' } }],
    };
    expect(of(lambda({ requestPayload: payload }))).toMatchObject({
      what: 'an invocation of kvs-census-dev-aggregator',
      why: 'EventAgeExceeded',
      runId: '2026-11-20T06:00:00Z',
      kind: 'streams',
      again: { action: 'invoke', function: 'kvs-census-dev-aggregator', payload },
    });
  });

  test('a nudge tells of which kind the run is, and an event of the schedule is of every kind', () => {
    const nudge = { version: 2, accountId: '123456789012', kind: 'channels', runId: '2026-11-20T06:00:00Z' };
    const payload = { Records: [{ Sns: { Message: JSON.stringify(nudge) } }] };
    expect(of(lambda({ requestPayload: payload })).kind).toBe('channels');
    expect(of('{"runId":"2026-11-20T06:00:00Z"}', { TARGET_ARN: ARN }).kind).toBeNull();
  });

  test('a task that is too late is asked for anew as one of its kind', () => {
    const task = (whose: string) =>
      `{${whose},"accountId":"123456789012","runId":"2026-11-18T06:00:00Z","region":"eu-west-1","round":0,"deadlineAt":"2026-11-18T07:30:00.000Z"}`;
    const because = (whose: string) => {
      const message = { id: 'x', body: task(whose), sentAt: '', attributes: { why: 'no-such-round' } };
      const { again } = parkedOf('unreadable-tasks', message, NOW_MS);
      return 'because' in again ? again.because : '';
    };
    expect(because('"version":1')).toContain('`kvs-census retry 2026-11-18T06:00:00Z --force`');
    expect(because('"version":2,"kind":"channels"')).toContain(
      '`kvs-census retry 2026-11-18T06:00:00Z --force --kind channels`',
    );
  });

  test.each([
    ['an invocation without its payload', of(lambda({})), 'it carries no payload'],
    ['an event whose payload was cut', of('{"runId":"2026', { TARGET_ARN: ARN }), 'its payload is not whole'],
    [
      'an event that says so',
      of('{"sweep":true}', { TARGET_ARN: ARN, IS_PAYLOAD_TRUNCATED: 'true' }),
      'its payload is not whole',
    ],
    ['anything else', of('hello'), 'it does not say which function it was for'],
  ])('%s cannot be sent again', (_what, { again, runId }, because) => {
    expect({ again, runId }).toEqual({ again: { action: 'none', because }, runId: null });
  });

  test('what the Scheduler could not deliver goes to the function that it was for', () => {
    expect(
      of('{"runId":"2026-11-20T06:00:00Z"}', { TARGET_ARN: ARN, ERROR_CODE: 'X', ERROR_MESSAGE: 'gone' }),
    ).toMatchObject({
      why: 'the Scheduler could not deliver it (X: gone)',
      runId: '2026-11-20T06:00:00Z',
      again: { action: 'invoke', function: 'kvs-census-dev-aggregator', payload: { runId: '2026-11-20T06:00:00Z' } },
    });
  });
});
