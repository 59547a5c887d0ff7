/** The names of a stack's parts, and the requests that set something going there. */
import type { TotalsTopic, WorkTopic } from '../../answers/health/facts.ts';
import { kindOf } from '../../census/census-id.ts';
import { STREAMS } from '../../census/kinds.ts';
import { partitionOf } from '../../census/partition.ts';
import { UsageError } from '../errors.ts';
import type { StackSource } from './source.ts';

/** serverless.yml and infra/messaging.yml name everything `<prefix>-<name>`; the table is the prefix alone. */
export const functionName = ({ prefix }: Pick<StackSource, 'prefix'>, name: 'dispatcher' | 'aggregator') =>
  `${prefix}-${name}`;
export const queueName = ({ prefix }: Pick<StackSource, 'prefix'>, name: QueueName) => `${prefix}-${name}`;

type QueueName = 'region-tasks' | 'unreadable-tasks' | 'failed-invocations';

export function topicArn(
  { prefix, accountId }: { prefix: string; accountId: string },
  name: WorkTopic | TotalsTopic,
  region: string,
): string {
  return `arn:${partitionOf(region)}:sns:${region}:${accountId}:${prefix}-${name}`;
}

/** @throws UsageError where there is only a ledger */
export function needStack({ ledgerOnly, description }: Pick<StackSource, 'ledgerOnly' | 'description'>): void {
  if (!ledgerOnly) return;
  throw new UsageError(`Only ${description} is there, and no running stack: start one with \`npm start -- --keep\`.`);
}

/**
 * What cannot be read keeps nobody from trying: then it shows in the end whether there is a run of that kind.
 * @throws UsageError where the stack says that it does not count the kind
 */
export async function needKind(source: StackSource): Promise<void> {
  const kind = kindOf(source.censusId);
  if (kind === STREAMS) return;
  const [client, { readKinds }] = await Promise.all([source.access.lambda(), import('../../aws/function.ts')]);
  const name = functionName(source, 'dispatcher');
  const told = await readKinds(client, name).catch(() => undefined);
  if (told === undefined || told.includes(kind)) return;
  const { notCounted } = await import('../../answers/counted-kinds.ts');
  throw new UsageError(notCounted(source, name, told));
}

/** Asynchronously: Lambda retries, and hands what fails for good to the failed-invocations queue. */
export async function invoke({ access }: StackSource, name: string, payload: unknown): Promise<void> {
  const [client, { invokeLater }] = await Promise.all([access.lambda(), import('../../aws/function.ts')]);
  await invokeLater(client, name, payload);
}
