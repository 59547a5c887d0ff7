import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts, Asked } from '../../answers/health/facts.ts';
import type { Ask } from './ask.ts';

/** Alarms whose names begin so; also those of another stage that is called so and more. */
export async function readAlarms(client: CloudWatchClient, ask: Ask, prefix: string): Promise<Asked<AlarmFacts[]>> {
  return await ask('cloudwatch:DescribeAlarms', async (abortSignal) => {
    const found: AlarmFacts[] = [];
    let NextToken: string | undefined;
    do {
      const command = new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken });
      const page = await client.send(command, { abortSignal });
      found.push(...(page.MetricAlarms ?? []).map(alarmOf));
      NextToken = page.NextToken || undefined;
    } while (NextToken !== undefined);
    return found;
  });
}

function alarmOf(alarm: MetricAlarm): AlarmFacts {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    since: since?.toISOString() ?? null,
    actionsEnabled: alarm.ActionsEnabled ?? true,
    actions: alarm.AlarmActions ?? [],
  };
}
