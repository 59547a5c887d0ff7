/** What docs/operations.md says of money, alarms and rights, held to what is so. */
import { readFileSync } from 'node:fs';
import { monthlyCost, printCost, totalOf, USUAL } from '../../infra/cost.ts';
import { faultsOf } from '../../infra/parameters.ts';
import { run } from '../../src/cli/program.ts';
import { makeIo } from '../cli/world.ts';
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
    [/a further kind, of as many regions; .* \| (\S+) USD/, Number(more({ kinds: 2 }))],
    [/a region of 400,000 streams: 400 calls in each run \| (\S+) USD/, Number(more({ pages: 400 })) / USUAL.regions],
    [/10,000 requests to \[the API\]\(#the-api\), and its alarm \| (\S+) USD/, Number(more({ requests: 10_000 }))],
    [/every run partial, .* \| (\S+) USD/, Number(more({ partialRuns: USUAL.runs }))],
  ])('and %s is what more of it costs', (quoted, usd) => {
    expect(operations.match(quoted)?.[1]).toBe(usd.toFixed(2));
  });
});

describe('The settings', () => {
  /** `name: value` under `params: default:`, without comments. */
  const parameters = [
    ...(
      /^params:\n {2}default:\n([\s\S]*?)\n {2}\w+:/m.exec(readFileSync('serverless.yml', 'utf8'))?.[1] ?? ''
    ).matchAll(/^ {4}(\w+): (.*)$/gm),
  ].map(([, name = '', value = '']) => [name, value.replaceAll("'", '')] as const);
  const rows = new Map(
    [...operations.matchAll(/^\| `(\w+)` \| (.*?) \| /gm)].map(([, name, value]) => [name, value ?? '']),
  );

  test('each has a row, and no row has lost its setting', () => {
    const table = /### Parameters\n\n([\s\S]*?)\n\n/.exec(operations)?.[1] ?? '';
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(parameters.map(([name]) => name).sort());
  });

  test.each(parameters)('%s is said to be what it is by default', (name, value) => {
    const said = (rows.get(name) ?? '').replaceAll('`', '');
    // A list is described; what nobody set is called none.
    const isList = value.includes('us-east-1,');
    expect(isList ? /regions/.test(said) : said.startsWith(value === '' ? 'none' : value)).toBe(true);
  });
});

test('every command that a runbook names is there, with the options that it is given', async () => {
  const help = makeIo('.');
  await run(['--help'], help);
  const known = [...help.out().matchAll(/^ {2}([a-z][a-z-]*) {2,}/gm)].map(([, name]) => name);
  const named = [...operations.matchAll(/npx kvs-census ([a-z-]+)([^\n`|]*)/g)];
  expect(named.length).toBeGreaterThan(20);
  for (const [, command = '', rest = ''] of named) {
    expect(known).toContain(command);
    const own = makeIo('.');
    await run([command, '--help'], own);
    for (const [option] of rest.matchAll(/--[a-z]+/g))
      expect([command, own.out()]).toEqual([command, expect.stringContaining(option)]);
  }
});

test.each([
  ['deployer-policy.json', 6],
  ['deployer-api-policy.json', 3],
])('the policy for whoever deploys, %s, is where it is said to be', (name, least) => {
  expect(operations).toContain(`](../infra/${name})`);
  expect(JSON.parse(readFileSync(`infra/${name}`, 'utf8')).Statement.length).toBeGreaterThanOrEqual(least);
});

describe('The API', () => {
  const section = /\n## The API\n([\s\S]*?)\n## /.exec(operations)?.[1] ?? '';

  test('is set up with parameters that can be, and with a stack whose outputs are named so', () => {
    const written = /parameters\.prod\.yml <<END\n([\s\S]*?)END/.exec(section)?.[1] ?? '';
    const filled = written
      .replaceAll('$AWS_REGION', 'eu-west-1')
      .replaceAll('$POOL', 'eu-west-1_a1B2c3D4e')
      .replaceAll('$CLIENT', '6f7g8h9i0jklmnopqrstuvwxy1')
      .replaceAll('$DOMAIN', 'kvs-census-123456789012');
    const given = Object.fromEntries([...filled.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]));
    expect(Object.keys(given)).toEqual(['api', 'apiIssuer', 'apiAudience', 'pageClientId', 'signInOrigins']);
    expect(faultsOf(given, { stage: 'prod', region: 'eu-west-1', nowMs: 0 })).toEqual([]);
    const outputs = [...section.matchAll(/output (Api\w+)/g)].map(([, name]) => name);
    const api = readFileSync('infra/api.yml', 'utf8');
    expect(outputs.length).toBeGreaterThan(2);
    for (const name of outputs) expect(api).toMatch(new RegExp(`^  ${name}:$`, 'm'));
  });

  test('is said to let through what the template does, in the memory that it has', () => {
    const [, aSecond, atOnce] = /asked (\d+) times a second at most.* and (\d+) times at once/s.exec(section) ?? [];
    expect(readFileSync('infra/api.yml', 'utf8')).toMatch(
      new RegExp(`ThrottlingRateLimit: ${aSecond} .*\n +ThrottlingBurstLimit: ${atOnce} `),
    );
    const [, memory] = /The function has (\d+) MB/.exec(section) ?? [];
    const [, given] =
      /handler: src\/functions\/api\.handler\n[\s\S]*?memorySize: (\d+)\n/.exec(
        readFileSync('serverless.yml', 'utf8'),
      ) ?? [];
    expect(memory).toBe(given);
  });
});
