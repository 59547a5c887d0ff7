import { faultOf } from '../../src/local/schedule-expression.ts';

test.each([
  ['cron(0 0/6 * * ? *)', undefined],
  ['cron(15 10 ? * MON-FRI 2026,2027)', undefined],
  ['cron(0 12 L * ? *)', undefined],
  ['rate(1 hour)', undefined],
  ['rate(1 hours)', expect.any(String)],
  ['rate(5 minute)', expect.any(String)],
  ['rate(0 minutes)', expect.any(String)],
  ['cron(0 0/6 * * * *)', expect.stringContaining('?')],
  ['cron(0 0/6 ? * ? *)', expect.stringContaining('?')],
  ['cron(0 0/6 * * ?)', expect.stringContaining('5 fields')],
  ['cron(60 0 * * ? *)', expect.stringContaining('minutes')],
  ['cron(0 24 * * ? *)', expect.stringContaining('hours')],
  ['cron(0 0/0 * * ? *)', expect.stringContaining('hours')],
  ['cron(0 0 * FOO ? *)', expect.stringContaining('month')],
  ['0 0 * * *', expect.any(String)],
])('%s is judged rightly', (expression, fault) => {
  expect(faultOf(expression)).toEqual(fault);
});
