/** A widget whose metric nobody sends is empty for ever, and nobody knows why. */
import { environment, functionNames, ofType, property, somewhere } from '../compiled.ts';
import { about, judged, rule } from '../judge.ts';
import { metricsOf } from '../metrics.ts';
import type { Json } from '../resolve.ts';

about('the dashboard');

type Widget = {
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { region: string; metrics: Json[][] };
};

const template = () => judged.in({ ...somewhere, parameters: { Dashboard: 'on' } });
const widgets = (): Widget[] => JSON.parse(String(property(template(), 'CensusDashboard', 'DashboardBody'))).widgets;

/** Namespace, name, dimension and its value, of every line that is drawn. */
const lines = () =>
  widgets()
    .flatMap(({ properties }) => properties.metrics)
    .map((line) => line.map(String));

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

rule('shows the number, what is missing, the age of a run, every queue, and every function that fails', () => {
  const drawn = lines().map(([, metric, , value]) => `${metric} ${value}`);
  const ofQueues = ofType(template(), 'AWS::SQS::Queue').map(([, { Properties }]) => Properties.QueueName);
  expect(drawn).toEqual(expect.arrayContaining(['Streams dev', 'RegionsMissing dev', 'RegionsLost dev', 'RunAge dev']));
  expect(drawn).toEqual(expect.arrayContaining(ofQueues.map((queue) => `ApproximateNumberOfMessagesVisible ${queue}`)));
  expect(drawn).toEqual(expect.arrayContaining(functionNames.map((name) => `Errors kvs-census-dev-${name}`)));
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
