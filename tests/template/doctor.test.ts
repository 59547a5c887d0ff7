/** What the doctor believes that a stack has is what the template makes. */

import { OTHER_KINDS } from '../../infra/kinds.ts';
import { ALARMS, ALARMS_OF_KIND, partOf } from '../../src/answers/health/alarms.ts';
import { FUNCTIONS, QUEUES, SCHEDULES, TOTALS_TOPICS, WORK_TOPICS } from '../../src/answers/health/facts.ts';
import { LEDGER } from '../../src/answers/health/ledger.ts';
import { makeShell } from '../../src/answers/health/shell.ts';
import { idOf, parametersFor } from '../../src/cli/local/counted.ts';
import { API_PARAMETERS, ofType, property, readResolved, readTemplate, somewhere } from './compiled.ts';
import type { Template } from './resolve.ts';

let template: Template;
beforeAll(async () => {
  template = await readResolved();
});

const own = (parts: readonly string[]) => parts.map((part) => `kvs-census-dev-${part}`).sort();
const namesOf = (type: string, property: string) =>
  ofType(template, type)
    .map(([, { Properties }]) => Properties[property])
    .sort();

test('every function, queue, schedule and topic is looked at, and no other', () => {
  expect(namesOf('AWS::Lambda::Function', 'FunctionName')).toEqual(own(FUNCTIONS));
  expect(namesOf('AWS::SQS::Queue', 'QueueName')).toEqual(own(QUEUES));
  expect(namesOf('AWS::Scheduler::Schedule', 'Name')).toEqual(own(SCHEDULES));
  expect(namesOf('AWS::SNS::Topic', 'TopicName')).toEqual(own([...WORK_TOPICS, ...TOTALS_TOPICS, 'alarms']));
});

test('every alarm that no parameter takes away must be there, and no other', () => {
  const always = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, { Condition }]) => Condition === undefined);
  expect(always.map(([, { Properties }]) => Properties.AlarmName).sort()).toEqual(own(ALARMS));
});

test('every alarm that a parameter brings is known for one of the stack', async () => {
  const parameters = {
    ...{ DropAlarmPercent: '20', PartialAlarmRuns: '3', ...parametersFor(OTHER_KINDS) },
    ...API_PARAMETERS.keys,
  };
  const names = ofType(await readResolved({ ...somewhere, parameters }), 'AWS::CloudWatch::Alarm').map(
    ([, { Properties }]) => String(Properties.AlarmName),
  );
  expect(names.length).toBeGreaterThan(ALARMS.length + 4);
  const shell = makeShell({ place: { options: [] } as never, prefix: 'kvs-census-dev', region: 'eu-west-1' });
  expect(names.filter((name) => partOf(name, shell) === undefined)).toEqual([]);
});

test.each(OTHER_KINDS)('every alarm that comes with %s must be there, and no other', async (kind) => {
  const { Resources } = await readTemplate();
  const ofKind = Object.values(Resources).filter(({ Condition }) => Condition === `${idOf(kind)}AreCounted`);
  expect(ofKind.map(({ Properties }) => Properties.AlarmName).sort()).toEqual(
    own(ALARMS_OF_KIND.map((part) => `${part}-${kind}`)),
  );
});

test('the ledger must have the keys and indexes that the template gives it', () => {
  const keys = (names: readonly string[]) =>
    names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' }));
  expect(property(template, 'LedgerTable', 'KeySchema')).toEqual(keys(LEDGER.keys));
  expect(property(template, 'LedgerTable', 'GlobalSecondaryIndexes')).toEqual(
    Object.entries(LEDGER.indexes).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: keys(index.keys),
      Projection: { ProjectionType: index.projection },
    })),
  );
  expect(property(template, 'LedgerTable', 'TimeToLiveSpecification', 'AttributeName')).toBe(LEDGER.expiry);
});
