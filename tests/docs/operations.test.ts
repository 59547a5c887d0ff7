/** What docs/operations.md says of money, alarms and rights, held to what is so. */
import { monthlyCost, printCost, totalOf, USUAL } from '../../infra/cost.ts';
import { textOf } from './text.ts';

const operations = textOf('operations.md');

describe('What it costs', () => {
  test('is what the function computes', () => {
    expect(operations).toContain(`$ npm run -s cost\n${printCost(USUAL)}\`\`\`\n`);
  });

  const cost = (changes: Partial<typeof USUAL>) => totalOf(monthlyCost({ ...USUAL, ...changes }));
  const more = (changes: Partial<typeof USUAL>) => (cost(changes) - cost({})).toFixed(2);
  test.each([
    [/`metrics=regions`, for each region \| (\S+) USD/, (cost({ metrics: 'regions' }) - cost({})) / USUAL.regions],
    [/`metrics=off`, and no alarm that reads them \| (\S+) USD less/, -Number(more({ metrics: 'off' }))],
    [/a dashboard \| (\S+) USD/, Number(more({ dashboard: true }))],
    [/an optional alarm, with the metric that it needs \| (\S+) USD/, Number(more({ optionalAlarms: 1 }))],
    [/a region of 400,000 streams: 400 calls in each run \| (\S+) USD/, Number(more({ pages: 400 })) / USUAL.regions],
    [/every run partial, .* \| (\S+) USD/, Number(more({ partialRuns: USUAL.runs }))],
  ])('and %s is what more of it costs', (quoted, usd) => {
    expect(operations.match(quoted)?.[1]).toBe(usd.toFixed(2));
  });
});
