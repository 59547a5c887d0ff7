/** The package of each partition and stage, made by the framework's own command in a copy of the checkout. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import { makeCheckout, sls } from './checkout.ts';
import { API_PARAMETERS, strings } from './compiled.ts';
import { judge } from './judge.ts';
import { type Json, resolveTemplate, type Template } from './resolve.ts';
import { RULES } from './rules/index.ts';

/** Of the whole: they hold whatever the names of the stack are. AWS's validator takes seconds, and names are all that differs. */
const rules = RULES.filter(({ name }) => /^the whole: (?!AWS's own validator)/.test(name));

let checkout: ReturnType<typeof makeCheckout>;
beforeAll(() => {
  checkout = makeCheckout();
});
afterAll(() => checkout.remove());

const places = [
  { partition: 'aws', region: 'us-east-1' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1' },
  { partition: 'aws-cn', region: 'cn-north-1' },
];
const packages = places.flatMap((place) => ['dev', 'prod'].map((stage) => ({ ...place, stage })));

test.each(packages)(
  '$stage in $region is packaged, and every rule of the whole holds',
  async ({ stage, ...place }) => {
    const { region, partition } = place;
    const packaged = await sls(checkout.folder, ['package', '--stage', stage, '--region', region]);
    expect(packaged).toMatchObject({ status: 0, said: expect.stringContaining(`for stage ${stage} (${region})`) });
    const file = join(checkout.folder, '.serverless', 'cloudformation-template-update-stack.json');
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    judge(template);
    expect(rules.length).toBeGreaterThan(10);
    for (const { holds } of rules) await holds();

    const { Resources, Outputs } = resolveTemplate(template, {
      ...{ partition, region, accountId: '210987654321' },
      parameters: API_PARAMETERS.page,
    });
    const named = [...strings(Resources as unknown as Json)].map(([, text]) => text);
    expect(named.filter((text) => text.startsWith('arn:') && !text.startsWith(`arn:${partition}:`))).toEqual([]);
    // The role of other accounts has one name for every stage, unless a parameter says otherwise.
    expect(named.filter((text) => /kvs-census-(?!(dev|prod|member$))/.test(text))).toEqual([]);
    expect(named.filter((text) => text.includes(`kvs-census-${stage === 'dev' ? 'prod' : 'dev'}`))).toEqual([]);
    const protection = stage === 'prod' ? 'on' : 'off';
    expect(JSON.parse((Outputs.Settings as { Value: string }).Value)).toMatchObject({
      deletionProtection: protection,
      terminationProtection: protection,
    });
  },
  120_000,
);

test('a laptop is not told what a stage is deployed with', async () => {
  writeFileSync(join(checkout.folder, 'parameters.dev.yml'), 'callsPerSecond: fast\n');
  const folder = await ensurePackaged({ root: checkout.folder, log: () => undefined });
  const state = JSON.parse(readFileSync(join(folder, 'serverless-state.json'), 'utf8'));
  expect(state.service.functions.worker.environment.CALLS_PER_SECOND).toBe('45');
}, 120_000);
