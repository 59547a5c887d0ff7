/** What docs/organisation.md says of numbers, money and names, held to what is so. */
import { readFileSync } from 'node:fs';
import { type Deployment, monthlyCost, printCost, totalOf, USUAL } from '../../infra/cost.ts';
import { CHECKS } from '../../infra/parameters.ts';
import { makeShell } from '../../src/answers/health/shell.ts';
import { renderMemberRole } from '../../src/cli/render/member-role.ts';
import { textOf } from './text.ts';

const page = textOf('organisation.md');
const settings = readFileSync('serverless.yml', 'utf8');

describe('What it costs', () => {
  const organization: Deployment = { ...USUAL, accounts: 200 };
  const usd = (changes: Partial<Deployment>) => totalOf(monthlyCost({ ...organization, ...changes })).toFixed(2);

  test('is what the function computes', () => {
    expect(page).toContain(`$ npm run -s cost -- --accounts 200\n${printCost(organization)}\`\`\`\n`);
  });

  test.each<[string, Partial<Deployment>]>([
    ['200 accounts', {}],
    ['the same with `retentionDays: 90`', { retentionDays: 90 }],
    ['the same with `namePrefixes: off`', { namePrefixes: false }],
    ['the same with one run a day', { runs: 30 }],
    ['the same with `metrics: accounts`: the number of each account in CloudWatch', { metrics: 'accounts' }],
    ['1,000 accounts', { accounts: 1000 }],
    ['5,000 accounts', { accounts: 5000 }],
  ])('of %s, too', (what, changes) => {
    expect(page).toContain(`| ${what} | ${usd(changes)} USD |`);
  });
});

describe('The numbers of the dispatcher', () => {
  const told = (variable: string) => Number(new RegExp(`${variable}: '(\\d+)'`).exec(settings)?.[1]);

  test('are those that it is told', () => {
    expect(told('DISPATCH_CONCURRENCY')).toBe(50);
    expect(page).toContain('Fifty accounts are asked at the same time');
    expect(told('RUN_DEADLINE_MS') / 60_000).toBe(90);
    expect(told('ORGANIZATION_DEADLINE_MS') / 60_000).toBe(120);
    expect(page).toMatch(/An account's own deadline, 90 minutes, .* the organisation's,\n120 minutes/);
    expect(told('ACCESS_RETRY_MS') / 1000).toBe(10);
    expect(page).toContain('refused twice, ten seconds apart');
  });

  test('give each account that nothing answers the seconds that are said', () => {
    const look = Number(/lookBackSeconds: '(\d+)'/.exec(settings)?.[1]) * 1000;
    const each = told('REGION_SOURCES_TIMEOUT_MS') + look;
    expect(each / 1000).toBe(6);
    expect(page).toContain('each account takes six seconds, and a thousand take two minutes');
    expect((1000 / told('DISPATCH_CONCURRENCY')) * each).toBe(2 * 60_000);
  });
});

test('the requests of the dispatcher add up', () => {
  const table = /\| how many for 1,000 accounts \|\n([\s\S]*?)\n\n/.exec(page)?.[1] ?? '';
  const counts = [...table.matchAll(/\| ([\d,]+) \|$/gm)].map(([, count]) => numberOf(count));
  const sum = counts.reduce((all, count) => all + count, 0);
  expect(page).toContain(`These are ${sum.toLocaleString('en-US')} requests, counted: fourteen an account.`);
  expect(Math.floor(sum / 1000)).toBe(14);
});

describe('How many at the same time', () => {
  /** Of a region of one page, in a worker that is warm. */
  const secondsEach = 1;
  const seconds = (text: string) => Number.parseInt(text, 10) * (text.endsWith('min') ? 60 : 1);
  const rows = [...page.matchAll(/^\| ([\d,]+) \| ([\d,]+) \| (.*?) \| (.*?) \| (.*?) \|$/gm)]
    .map(([, ...cells]) => cells)
    .filter(([accounts, regions]) => numberOf(regions) === numberOf(accounts) * 19);

  test('is said for four organisations', () => {
    expect(rows.map(([accounts]) => numberOf(accounts))).toEqual([25, 200, 1000, 5000]);
  });

  test('is regions by seconds, shared by the workers, to a third; and too long beyond an hour', () => {
    for (const [, regions, ...times] of rows)
      for (const [index, text] of times.entries()) {
        const needed = (numberOf(regions) * secondsEach) / ([5, 20, 100][index] ?? 1);
        if (text === 'too long') expect(needed).toBeGreaterThan(3600);
        else expect(Math.abs(seconds(text) / needed - 1)).toBeLessThan(1 / 3);
      }
  });
});

test('the settings of the examples are such as are taken', () => {
  const block = /cat >> parameters\.prod\.yml <<EOF\n([\s\S]*?)EOF/.exec(page)?.[1] ?? '';
  const lines = [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  const given = Object.fromEntries(
    lines.map(([name, value]) => [name, value.startsWith('$(') ? crypto.randomUUID() : value]),
  );
  expect(Object.keys(given)).toContain('externalId');
  for (const [name, value] of Object.entries(given)) {
    const place = { stage: 'prod', region: 'eu-west-1', nowMs: 0 };
    expect([name, CHECKS[name]?.(value, given, place)]).toEqual([name, undefined]);
  }
});

test('the commands that make the role are those that `member-role` prints', () => {
  const hub = { accountId: '111111111111', stage: 'prod', region: 'eu-west-1', roleName: 'kvs-census-member' };
  const place = { command: 'npx kvs-census', options: [] };
  const shell = makeShell({ place, prefix: 'kvs-census-prod', region: 'eu-west-1' });
  const template = readFileSync('infra/member-role.yml', 'utf8');
  const units = ['r-ab12'];
  const printed = renderMemberRole(template, { ...hub, externalId: 'x', accounts: 'organization', units }, shell);
  const commands = [...printed.matchAll(/^# {3}(.*)$/gm)].map(([, line = '']) => line);
  const told = page.replace(/ \\\n +/g, ' ').split('\n');
  // Words in any order, since a page breaks its lines where it reads best.
  const sorted = (line: string) => line.split(/ (?=--)/).sort();
  expect(commands).toHaveLength(4);
  for (const command of commands) expect(told.map(sorted)).toContainEqual(sorted(command));
});

function numberOf(text = ''): number {
  return Number(text.replaceAll(',', ''));
}
