/** X-Ray, where somebody asked for it: of every function, and by no right that is there without it. */
import { API_PARAMETERS, everyFunction, functionNames, logicalId, ofType, property, somewhere } from '../compiled.ts';
import { about, judged, rule } from '../judge.ts';
import type { Template } from '../resolve.ts';

about('tracing');

const traced = () => judged.in({ ...somewhere, parameters: { Tracing: 'on' } });
const modes = (template: Template) =>
  functionNames.map((name) => property(template, logicalId(name), 'TracingConfig', 'Mode'));

rule('is off, and no role may send traces', () => {
  const template = judged.template;
  expect(modes(template)).toEqual(functionNames.map(() => 'PassThrough'));
  expect(JSON.stringify(template.Resources)).not.toContain('xray:');
});

rule('is on for every function, whose roles may send traces then, and do nothing else that is new', () => {
  const template = traced();
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

rule('is on for the API, too, where there is one', () => {
  const template = judged.in({ ...somewhere, parameters: { Tracing: 'on', ...API_PARAMETERS.keys } });
  expect(everyFunction.map((name) => property(template, logicalId(name), 'TracingConfig', 'Mode'))).toEqual(
    everyFunction.map(() => 'Active'),
  );
  expect(template.Resources.TracingPolicy?.Properties.Roles).toContain('ApiRole');
});

rule('changes nothing else', () => {
  const without = (template: Template) =>
    Object.entries(template.Resources)
      .filter(([id]) => id !== 'TracingPolicy')
      .map(([id, { Properties }]) => {
        const { TracingConfig: _, ...others } = Properties ?? {};
        return [id, others];
      });
  expect(without(traced())).toEqual(without(judged.template));
});
