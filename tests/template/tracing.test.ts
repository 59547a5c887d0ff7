/** X-Ray, where somebody asked for it: of every function, and by no right that is there without it. */
import { functionNames, logicalId, ofType, property, readResolved, somewhere } from './compiled.ts';
import type { Template } from './resolve.ts';

const traced = () => readResolved({ ...somewhere, parameters: { Tracing: 'on' } });
const modes = (template: Template) =>
  functionNames.map((name) => property(template, logicalId(name), 'TracingConfig', 'Mode'));

test('is off, and no role may send traces', async () => {
  const template = await readResolved();
  expect(modes(template)).toEqual(functionNames.map(() => 'PassThrough'));
  expect(JSON.stringify(template.Resources)).not.toContain('xray:');
});

test('is on for every function, whose roles may send traces then, and do nothing else that is new', async () => {
  const template = await traced();
  expect(modes(template)).toEqual(functionNames.map(() => 'Active'));
  const policies = ofType(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
  expect(policies).toMatchObject([
    {
      Roles: ['DispatcherRole', 'WorkerRole', 'UndeliveredRole', 'AggregatorRole'],
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' }],
      },
    },
  ]);
});

test('changes nothing else', async () => {
  const without = (template: Template) =>
    Object.entries(template.Resources)
      .filter(([id]) => id !== 'TracingPolicy')
      .map(([id, { Properties }]) => {
        const { TracingConfig: _, ...others } = Properties ?? {};
        return [id, others];
      });
  expect(without(await traced())).toEqual(without(await readResolved()));
});
