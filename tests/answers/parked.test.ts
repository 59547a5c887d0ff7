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
      Records: [{ Sns: { Message: '{"version":1,"censusId":"123456789012","runId":"2026-11-20T06:00:00Z"}' } }],
    };
    expect(of(lambda({ requestPayload: payload }))).toMatchObject({
      what: 'an invocation of kvs-census-dev-aggregator',
      why: 'EventAgeExceeded',
      runId: '2026-11-20T06:00:00Z',
      again: { action: 'invoke', function: 'kvs-census-dev-aggregator', payload },
    });
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
