/** A widget whose metric nobody sends is empty for ever, and nobody knows why. */
import { environment, functionNames, ofType, property, somewhere } from '../compiled.ts';
import { about, judged, rule } from '../judge.ts';
import { metricsOf } from '../metrics.ts';
import { isObject, type Json, type Template } from '../resolve.ts';

about('the dashboard');

type Widget = {
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { region: string; metrics: Json[][] };
};

const template = (Accounts = 'self') => judged.in({ ...somewhere, parameters: { Dashboard: 'on', Accounts } });
const widgets = (of = template()): Widget[] =>
  JSON.parse(String(property(of, 'CensusDashboard', 'DashboardBody'))).widgets;

const drawn = (of = template()) => widgets(of).flatMap(({ properties }) => properties.metrics);

/** Namespace, name, dimension and its value, of every line that is drawn. */
const lines = () => drawn().flatMap((line) => (typeof line[0] === 'string' ? [line.map(String)] : []));

/** What is searched for, whatever kinds there are. */
const searches = () =>
  drawn().flatMap(([first]) =>
    isObject(first) ? [{ text: String(first.expression), label: String(first.label) }] : [],
  );

const SEARCH = /^SEARCH\('\{"([\w-]+)",kind,stage\} MetricName="(\w+)" stage="(\w+)"', '(Maximum|Minimum)'\)$/;

rule('draws metrics that are sent, of what is there', () => {
  const names = ['AWS::Lambda::Function', 'AWS::SQS::Queue'].flatMap((type) =>
    ofType(template(), type).map(([, { Properties }]) => Properties.FunctionName ?? Properties.QueueName),
  );
  expect(lines().length).toBeGreaterThan(0);
  for (const [namespace = '', metric, dimension, value] of lines()) {
    expect(metricsOf[namespace]?.metrics).toContain(metric);
    expect(dimension).toBe(metricsOf[namespace]?.dimension);
    expect([...names, environment(template(), 'aggregator').STAGE]).toContain(value);
  }
});

rule(
  'shows the number, what is missing, how full the fullest region is, the age of a run, every queue, and every function that fails',
  () => {
    const shown = lines().map(([, metric, , value]) => `${metric} ${value}`);
    const ofQueues = ofType(template(), 'AWS::SQS::Queue').map(([, { Properties }]) => Properties.QueueName);
    expect(shown).toEqual(
      expect.arrayContaining([
        'Streams dev',
        'RegionsMissing dev',
        'RegionsLost dev',
        'QuotaPercent dev',
        'RunAge dev',
      ]),
    );
    expect(shown).toEqual(
      expect.arrayContaining(ofQueues.map((queue) => `ApproximateNumberOfMessagesVisible ${queue}`)),
    );
    expect(shown).toEqual(expect.arrayContaining(functionNames.map((name) => `Errors kvs-census-dev-${name}`)));
  },
);

rule('shows the number, what is missing, how full and the age of a run of every other kind, under its name', () => {
  const found = searches().map(({ text, label }) => {
    const [, namespace = '', metric, stage] = SEARCH.exec(text) ?? [];
    expect(metricsOf[namespace]?.metrics).toContain(metric);
    expect(stage).toBe(environment(template(), 'aggregator').STAGE);
    expect(label).toContain(`\${PROP('Dim.kind')}`);
    return metric;
  });
  expect(found).toEqual(['Streams', 'RegionsMissing', 'QuotaPercent', 'RunAge']);
});

rule('shows accounts in place of regions where other accounts are counted, and the rest alike', () => {
  const names = (of: Template) => JSON.stringify(drawn(of)).match(/\b(Regions|Accounts)(Counted|Missing|Lost)\b/g);
  const ofRegions = names(template());
  expect(new Set(ofRegions)).toEqual(new Set(['RegionsCounted', 'RegionsMissing', 'RegionsLost']));
  const ofAccounts = names(template('organization'));
  expect(ofAccounts).toEqual(ofRegions?.map((name) => name.replace('Regions', 'Accounts')));
  for (const name of ofAccounts ?? []) expect(metricsOf['kvs-census']?.metrics).toContain(name);
  expect(widgets(template('organization'))).toHaveLength(widgets().length);
});

rule('has widgets that lie beside each other, in the region of the stack', () => {
  for (const { x, width, properties } of widgets()) {
    expect(x + width).toBeLessThanOrEqual(24);
    expect(properties.region).toBe('eu-west-1');
  }
  const places = widgets().map(({ x, y }) => `${x} ${y}`);
  expect(new Set(places).size).toBe(widgets().length);
});

rule('is there only if somebody asked for it, since it may cost more than everything else', () => {
  expect(judged.template.Resources).not.toHaveProperty('CensusDashboard');
  expect(judged.template.Outputs).not.toHaveProperty('DashboardName');
});
