/** An alarm that cannot fire, or that nobody knows what to do about, is worse than none. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cron } from 'croner';
import { OTHER_KINDS } from '../../../infra/kinds.ts';
import { descriptorOf, type Kind } from '../../../src/census/kinds.ts';
import { parametersFor } from '../../../src/cli/local/counted.ts';
import { DISPATCH_SCHEDULE } from '../../../src/cli/local/schedules.ts';
import {
  API_PARAMETERS,
  environment,
  functionNames,
  logicalId,
  ofType,
  only,
  property,
  root,
  somewhere,
} from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import { metricsOf } from '../metrics.ts';
import type { Json, JsonObject, Template, World } from '../resolve.ts';

about('an alarm');

type Alarm = JsonObject & { AlarmName: string; AlarmDescription: string; Metrics?: JsonObject[] };
type Series = { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[]; Period: number };

const prefix = 'kvs-census-dev-';
const hour = 3600;
const topic = `arn:aws:sns:eu-west-1:123456789012:${prefix}alarms`;

/** With every alarm that can be asked for. */
const everyAlarm: World = {
  ...somewhere,
  parameters: { DropAlarmPercent: '20', PartialAlarmRuns: '3', ...parametersFor(OTHER_KINDS), ...API_PARAMETERS.keys },
};
const template = () => judged.in(everyAlarm);

group('every alarm', () => {
  rule('watches something that exists, by a metric that its service sends', () => {
    const names = [...namesOf('AWS::Lambda::Function', 'FunctionName'), ...namesOf('AWS::SQS::Queue', 'QueueName')];
    names.push(...namesOf('AWS::SNS::Topic', 'TopicName'), environment(template(), 'aggregator').STAGE ?? '');
    names.push(...ofType(template(), 'AWS::ApiGatewayV2::Api').map(([id]) => id.toLowerCase()));
    for (const alarm of alarms())
      for (const { Namespace, MetricName, Dimensions } of seriesOf(alarm)) {
        const known = metricsOf[Namespace];
        expect(known?.metrics).toContain(MetricName);
        const [own, ...ofKind] = Dimensions;
        expect(own?.Name).toBe(known?.dimension);
        expect(names).toContain(own?.Value);
        // What a total of another kind than streams says of itself.
        const kind = OTHER_KINDS.find((name) => alarm.AlarmName.endsWith(`-${name}`));
        expect(ofKind).toEqual(kind === undefined ? [] : [{ Name: 'kind', Value: kind }]);
      }
  });

  rule('that computes, uses every series that it reads, under a name of its own', () => {
    const computing = alarms().filter(({ Metrics }) => Metrics);
    expect(computing.length).toBeGreaterThan(0);
    for (const { Metrics = [] } of computing) {
      const expressions = Metrics.filter(({ Expression }) => Expression);
      const series = Metrics.filter(({ MetricStat }) => MetricStat).map(({ Id }) => Id);
      expect(expressions.filter(({ ReturnData }) => ReturnData)).toHaveLength(1);
      const used = String(expressions[0]?.Expression).match(/\b[a-z]\w*\b/g);
      expect(used?.sort()).toEqual(series.sort());
    }
  });

  rule('that computes with what a service is silent about counts silence as zero', () => {
    for (const { Metrics = [] } of alarms())
      for (const { Expression } of Metrics) {
        const ofQueues = Expression === 'visible + inFlight'; // SQS is never silent about a queue with messages
        if (Expression && !ofQueues) expect(Expression).toMatch(/^FILL\(\w+, 0\)( \+ FILL\(\w+, 0\))*$/);
      }
  });

  rule('looks back no further than CloudWatch can: a day, or a week by the hour', () => {
    for (const alarm of alarms())
      for (const { Period } of seriesOf(alarm)) {
        const span = Period * Number(alarm.EvaluationPeriods);
        expect(span).toBeLessThanOrEqual(Period < hour ? 24 * hour : 7 * 24 * hour);
        expect(Period % 60).toBe(0);
      }
  });

  rule('goes to the topic of alarms, and so does its end', () => {
    for (const { AlarmActions, OKActions } of alarms()) expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
  });

  rule('goes to a topic of somebody, where there is one', () => {
    const AlarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:of-ours';
    const elsewhere = judged.in({ ...somewhere, parameters: { AlarmTopicArn, AlarmEmail: 'a@example.com' } });
    for (const { AlarmActions, OKActions } of alarms(elsewhere))
      expect([AlarmActions, OKActions]).toEqual([[AlarmTopicArn], [AlarmTopicArn]]);
    expect(ofType(elsewhere, 'AWS::SNS::Subscription').map(([id]) => id)).not.toContain('AlarmsEmail');
    expect(elsewhere.Resources).not.toHaveProperty('AlarmsTopic');
  });

  rule('is mailed, if there is an address', () => {
    const mailed = judged.in({ ...somewhere, parameters: { AlarmEmail: 'a@example.com' } });
    expect(mailed.Resources.AlarmsEmail?.Properties).toEqual({
      TopicArn: topic,
      Protocol: 'email',
      Endpoint: 'a@example.com',
    });
  });

  rule('says in its description what to do, within the 1,024 characters that AWS keeps', () => {
    for (const { AlarmDescription } of alarms()) {
      expect(AlarmDescription.split(/[.:?] /).length).toBeGreaterThan(1);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  rule('has a section in docs/operations.md, and no section has lost its alarm', () => {
    const text = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
    const sections = [...text.matchAll(/^#### `([a-z-]+)`\n\n(?=\S)/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual([...new Set(alarms().map(({ AlarmName }) => sectionOf(AlarmName)))].sort());
  });
});

group('is noticed:', () => {
  rule.each(['unreadable-tasks', 'failed-invocations'])('the first message in %s', (name) => {
    expect(alarm(name)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: `${prefix}${name}` }],
      Statistic: 'Maximum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  rule('a dead letter that waits for 15 minutes, also while it is being tried again and again', () => {
    const { EvaluationPeriods, Threshold } = alarm('undelivered-tasks');
    const series = seriesOf(alarm('undelivered-tasks'));
    expect(series.map(({ MetricName }) => MetricName)).toEqual([
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
    ]);
    expect(Number(EvaluationPeriods) * Number(series[0]?.Period)).toBe(hour / 4);
    expect(Threshold).toBe(0);
    // A try hides the letter for less than a period, so every period sees it.
    expect(Number(property(template(), 'UndeliveredTasksQueue', 'VisibilityTimeout'))).toBeLessThan(
      Number(series[0]?.Period),
    );
  });

  rule('a region task that is older than a task can become, before its run is due', () => {
    const { Threshold, MetricName, Dimensions } = alarm('region-tasks');
    const variables = environment(template(), 'worker');
    const backoffMs = String(variables.TASK_BACKOFF_MS).split(',').map(Number);
    const workMs = 5 * 1000 * Number(property(template(), logicalId('worker'), 'Timeout'));
    expect(MetricName).toBe('ApproximateAgeOfOldestMessage');
    expect(Dimensions).toEqual([{ Name: 'QueueName', Value: `${prefix}region-tasks` }]);
    expect(Number(Threshold) * 1000).toBeGreaterThan(backoffMs.reduce((sum, ms) => sum + ms, workMs));
    expect(Number(Threshold) * 1000).toBeLessThan(Number(environment(template(), 'dispatcher').RUN_DEADLINE_MS));
  });

  rule.each(functionNames)('three errors of the %s within 15 minutes', (name) => {
    expect(alarm(`${name}-errors`)).toMatchObject({
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: `${prefix}${name}` }],
      Statistic: 'Sum',
      Period: 900,
      Threshold: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  rule('a single throttled invocation of any function', () => {
    const series = seriesOf(alarm('throttles'));
    expect(series.map(({ MetricName }) => MetricName)).toEqual(functionNames.map(() => 'Throttles'));
    expect(watched(series)).toEqual(functionNames.map((name) => `${prefix}${name}`));
    expect(alarm('throttles')).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' });
  });

  rule('three answers of the API that say that something went wrong on its side, where there is an API', () => {
    const { Period, EvaluationPeriods } = alarm('aggregator-errors');
    expect(alarm('api-errors')).toMatchObject({
      ...{ Namespace: 'AWS/ApiGateway', MetricName: '5xx', Statistic: 'Sum', Threshold: 3, Period, EvaluationPeriods },
      Dimensions: [{ Name: 'ApiId', Value: 'censusapi' }],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  rule('a failed event that did not reach its on-failure destination', () => {
    const series = seriesOf(alarm('lost-invocations'));
    expect(series.map(({ MetricName }) => MetricName)).toEqual([
      'DestinationDeliveryFailures',
      'DestinationDeliveryFailures',
    ]);
    expect(watched(series)).toEqual([`${prefix}dispatcher`, `${prefix}aggregator`]);
    expect(alarm('lost-invocations')).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' });
  });
});

group('what a total says of itself raises an alarm:', () => {
  /** Between two runs nothing is said, and nothing changes; within a run a total only improves. */
  const ofTotals = { Namespace: 'kvs-census', Statistic: 'Minimum', EvaluationPeriods: 1, TreatMissingData: 'ignore' };

  rule('a region that the run before had counted, until it is counted again', () => {
    expect(alarm('newly-missing')).toMatchObject({
      ...ofTotals,
      MetricName: 'RegionsLost',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  rule('where other accounts are counted, by what the totals of an organisation say', () => {
    const of = judged.in({ ...everyAlarm, parameters: { ...everyAlarm.parameters, Accounts: 'organization' } });
    const watchedThere = alarms(of)
      .flatMap(seriesOf)
      .filter(({ Namespace }) => Namespace === 'kvs-census');
    const names = new Set(watchedThere.map(({ MetricName }) => MetricName));
    expect(names).toEqual(new Set(['AccountsLost', 'QuotaPercent', 'DropPercent', 'PartialRuns', 'RunAge']));
  });

  rule('a number that fell by more than the given percentage', () => {
    expect(alarm('drop')).toMatchObject({
      ...ofTotals,
      MetricName: 'DropPercent',
      Threshold: '20',
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  rule('as many partial runs in a row as were given', () => {
    expect(alarm('partial')).toMatchObject({
      ...ofTotals,
      MetricName: 'PartialRuns',
      Threshold: '3',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  rule('a region that has reached the given percentage of its quota; announced again, a total has regions more', () => {
    expect(alarm('quota')).toMatchObject({
      ...ofTotals,
      Statistic: 'Maximum',
      MetricName: 'QuotaPercent',
      Threshold: 80,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  rule('in time, although a number may reach CloudWatch minutes late', () => {
    for (const name of ['newly-missing', 'quota', 'drop', 'partial'])
      expect(seriesOf(alarm(name)).map(({ Period }) => Period)).toEqual([300]);
  });

  rule('only if somebody asked for it, and never where nothing is measured', () => {
    const namesIn = (of: Template) => alarms(of).map(({ AlarmName }) => AlarmName.slice(prefix.length));
    expect(namesIn(judged.template)).toContain('newly-missing');
    expect(namesIn(judged.template)).not.toEqual(expect.arrayContaining(['drop']));
    expect(namesIn(judged.template)).not.toEqual(expect.arrayContaining(['partial']));
    const { parameters } = everyAlarm;
    const deaf = namesIn(judged.in({ ...somewhere, parameters: { ...parameters, Metrics: 'off' } }));
    expect(deaf.filter((name) => ['newly-missing', 'quota', 'drop', 'partial'].includes(name))).toEqual([]);
    expect(namesIn(judged.template)).toContain('quota');
    const calm = judged.in({ ...somewhere, parameters: { QuotaAlarmPercent: '0' } });
    expect(namesIn(calm)).not.toContain('quota');
  });

  rule('of the stage that the aggregator names, and no other', () => {
    expect(environment(template(), 'aggregator')).toMatchObject({
      METRICS: 'totals',
      STAGE: 'dev',
      QUOTA_ALARM_PERCENT: '80',
      DROP_ALARM_PERCENT: '0',
      PARTIAL_ALARM_RUNS: '0',
    });
  });
});

group('silence is noticed:', () => {
  const silence = (of: JsonObject) => ({
    Metrics: [
      { Expression: expect.stringMatching(/^FILL\(\w+, 0\)$/), ReturnData: true },
      { ReturnData: false, MetricStat: { Metric: of, Stat: 'Sum', Period: hour } },
    ],
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });

  rule('a run whose dispatcher never started, after the longest gap of the schedule and before the second', () => {
    const Dimensions = [{ Name: 'FunctionName', Value: `${prefix}dispatcher` }];
    expect(alarm('no-run')).toMatchObject(silence({ MetricName: 'Invocations', Dimensions }));
    const hours = Number(alarm('no-run').EvaluationPeriods);
    expect(hours).toBeGreaterThan(longestGapHours());
    expect(hours).toBeLessThan(2 * longestGapHours());
  });

  rule('a run without a total, once the deadline after the longest gap has passed, and the sweep', () => {
    const Dimensions = [{ Name: 'TopicName', Value: `${prefix}totals` }];
    expect(alarm('no-total')).toMatchObject(silence({ MetricName: 'NumberOfMessagesPublished', Dimensions }));
    const hours = Number(alarm('no-total').EvaluationPeriods);
    const { RUN_DEADLINE_MS, ORGANIZATION_DEADLINE_MS } = environment(template(), 'dispatcher');
    const settledLate = Math.max(Number(RUN_DEADLINE_MS), Number(ORGANIZATION_DEADLINE_MS)) / 3_600_000 + 5 / 60;
    expect(hours).toBeGreaterThan(longestGapHours() + settledLate);
    expect(hours).toBeLessThan(2 * longestGapHours());
  });
});

group.each(OTHER_KINDS)('where %s are counted:', (kind) => {
  rule('no total of another kind keeps the alarm that waits for theirs from ringing', () => {
    const series = seriesOf(alarm(`no-total-${kind}`));
    const Dimensions = [{ Name: 'stage', Value: 'dev' }, ofKind(kind)];
    expect(series).toEqual([{ Namespace: 'kvs-census', MetricName: 'RunAge', Dimensions, Period: hour }]);
    // And theirs keep none of streams, which hears of its own topic alone.
    const ofTotals = environment(template(), 'aggregator');
    expect(watched(seriesOf(alarm('no-total')))).toEqual([ofTotals.TOTALS_TOPIC_ARN?.split(':').at(-1)]);
    expect(ofTotals.TOTALS_DETAIL_TOPIC_ARN).not.toBe(ofTotals.TOTALS_TOPIC_ARN);
  });

  rule('a total is waited for as long as one of streams, and counted once for each that was announced', () => {
    const { AlarmName: _, AlarmDescription: __, Metrics: ofStreams = [], ...rest } = alarm('no-total');
    const { Metrics = [], ...own } = alarm(`no-total-${kind}`);
    expect(own).toMatchObject(rest);
    expect(Metrics[0]).toEqual(ofStreams[0]);
    expect(Metrics[1]).toMatchObject({ Id: 'published', ReturnData: false, MetricStat: { Stat: 'SampleCount' } });
  });

  rule('whatever watches what a total of streams says of itself, watches the same of theirs', () => {
    const ofTotals = alarms().filter(
      ({ Namespace, Dimensions }) => Namespace === 'kvs-census' && (Dimensions as Json[]).length === 1,
    );
    expect(ofTotals.length).toBeGreaterThan(2);
    const concerned = ofTotals.filter(({ AlarmName }) => alarmsOf(kind).includes(AlarmName.slice(prefix.length)));
    for (const { AlarmName, AlarmDescription: _, Dimensions, ...watching } of concerned) {
      const twin = alarm(`${AlarmName.slice(prefix.length)}-${kind}`);
      expect(twin).toMatchObject(watching);
      expect(twin.Dimensions).toEqual([...(Dimensions as Json[]), ofKind(kind)]);
    }
  });

  rule('each alarm is there where that of streams is, and nowhere where they are not counted', () => {
    const namesIn = (parameters: Record<string, string>) =>
      alarms(judged.in({ ...somewhere, parameters })).map(({ AlarmName }) => AlarmName.slice(prefix.length));
    for (const asked of [{}, { DropAlarmPercent: '20' }, { PartialAlarmRuns: '3' }, { QuotaAlarmPercent: '0' }]) {
      const alone = namesIn(asked);
      const ofTotals = alone.filter((name) => alarmsOf(kind).includes(name)).map((name) => `${name}-${kind}`);
      expect(namesIn({ ...asked, ...parametersFor([kind]) }).sort()).toEqual([...alone, ...ofTotals].sort());
      expect(alone.filter((name) => name.endsWith(`-${kind}`))).toEqual([]);
    }
  });
});

/** The alarms that wait for totals, or for what they say. */
const OF_TOTALS = ['no-total', 'newly-missing', 'quota', 'drop', 'partial'];

/** Those that another kind has of its own, too. An alarm of a quota that nothing has could not ring. */
const alarmsOf = (kind: Kind) => OF_TOTALS.filter((name) => name !== 'quota' || descriptorOf(kind).quota !== undefined);

const ofKind = (kind: string) => ({ Name: 'kind', Value: kind });

/** An alarm of another kind than streams is read up on where that of streams is. */
function sectionOf(alarmName: string): string {
  const name = alarmName.slice(prefix.length);
  const kind = OTHER_KINDS.find((one) => name.endsWith(`-${one}`));
  return kind === undefined ? name : name.slice(0, -kind.length - 1);
}

function alarms(of = template()): Alarm[] {
  return ofType(of, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties as Alarm);
}

function alarm(name: string): Alarm {
  return only(template(), 'AWS::CloudWatch::Alarm', { AlarmName: `${prefix}${name}` }).Properties as Alarm;
}

/** One series for an alarm on a metric; several for one that computes. */
function seriesOf({ Metrics, ...alarm }: Alarm): Series[] {
  if (!Metrics) return [alarm as unknown as Series];
  return Metrics.filter(({ MetricStat }) => MetricStat).map(({ MetricStat }) => {
    const { Metric, Period } = MetricStat as { Metric: JsonObject; Period: Json };
    return { ...Metric, Period } as unknown as Series;
  });
}

function watched(series: Series[]): (string | undefined)[] {
  return series.map(({ Dimensions }) => Dimensions[0]?.Value);
}

function namesOf(type: string, key: string): string[] {
  return ofType(template(), type).map(([, { Properties }]) => String(Properties[key]));
}

/** Over the next hundred runs; a cron of EventBridge without its year is one of croner's, with `?` for `*`. */
function longestGapHours(): number {
  const expression = String(property(template(), DISPATCH_SCHEDULE, 'ScheduleExpression'));
  const [minutes, hours, day, month, weekday] = expression.slice('cron('.length, -1).replaceAll('?', '*').split(' ');
  const runs = new Cron([minutes, hours, day, month, weekday].join(' '), {
    timezone: 'UTC',
    sloppyRanges: true,
    alternativeWeekdays: true,
  }).nextRuns(100);
  const gaps = runs.slice(1).map((run, index) => run.getTime() - (runs[index]?.getTime() ?? 0));
  return Math.max(...gaps) / 3_600_000;
}
