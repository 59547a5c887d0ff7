import { GetScheduleCommand, type GetScheduleCommandOutput, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Asked, ScheduleFacts } from '../../answers/health/facts.ts';
import { type Ask, orNull } from './ask.ts';

/** Of the group `default`, in which serverless.yml has its schedules. */
export async function readSchedule(
  client: SchedulerClient,
  ask: Ask,
  name: string,
): Promise<Asked<ScheduleFacts | null>> {
  return await ask('scheduler:GetSchedule', async (abortSignal) => {
    const found = await orNull(client.send(new GetScheduleCommand({ Name: name }), { abortSignal }));
    return found && scheduleOf(name, found);
  });
}

function scheduleOf(name: string, found: GetScheduleCommandOutput): ScheduleFacts {
  const { State, ScheduleExpression: expression = '', ScheduleExpressionTimezone: timezone = 'UTC' } = found;
  const { Description, FlexibleTimeWindow, Target, StartDate, EndDate, KmsKeyArn } = found;
  const options: [string, string | undefined][] = [
    ['--schedule-expression', expression],
    ['--schedule-expression-timezone', timezone],
    ['--flexible-time-window', JSON.stringify(FlexibleTimeWindow ?? { Mode: 'OFF' })],
    ['--target', JSON.stringify(Target ?? {})],
    ['--description', Description],
    ['--start-date', StartDate?.toISOString()],
    ['--end-date', EndDate?.toISOString()],
    ['--kms-key-arn', KmsKeyArn],
  ];
  const asItIs = options.filter((option): option is [string, string] => option[1] !== undefined);
  const { Arn: targetArn = '', RoleArn: roleArn = '', DeadLetterConfig } = Target ?? {};
  const deadLetterArn = DeadLetterConfig?.Arn ?? null;
  return { name, isEnabled: State === 'ENABLED', expression, timezone, targetArn, roleArn, deadLetterArn, asItIs };
}
