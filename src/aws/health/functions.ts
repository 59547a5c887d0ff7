/** What Lambda knows of the stack's functions, of what feeds them, and of the room there is for them. */
import {
  type EventSourceMappingConfiguration,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import type { Asked, ConcurrencyFacts, FunctionFacts, MappingFacts } from '../../answers/health/facts.ts';
import { kindsTold } from '../function.ts';
import { type Ask, orNull } from './ask.ts';

export async function readFunction(client: LambdaClient, ask: Ask, name: string): Promise<Asked<FunctionFacts | null>> {
  const [found, reserved] = await Promise.all([
    ask('lambda:GetFunctionConfiguration', (abortSignal) =>
      orNull(client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), { abortSignal })),
    ),
    ask('lambda:GetFunctionConcurrency', async (abortSignal) => {
      const command = new GetFunctionConcurrencyCommand({ FunctionName: name });
      const answer = await orNull(client.send(command, { abortSignal }));
      return answer?.ReservedConcurrentExecutions ?? null;
    }),
  ]);
  if ('refusal' in found) return found;
  if (found.answer === null) return { answer: null };
  const { Role = '', State = '', LastUpdateStatus = '', Environment } = found.answer;
  const { TABLE_NAME, MAX_RECEIVES } = Environment?.Variables ?? {};
  return {
    answer: {
      roleArn: Role,
      // A function that says nothing of its state is one that has always been there: it is active.
      state: State || 'Active',
      lastUpdate: LastUpdateStatus || 'Successful',
      tableName: TABLE_NAME ?? null,
      maxReceives: MAX_RECEIVES === undefined ? null : Number(MAX_RECEIVES),
      kinds: kindsTold(Environment?.Variables) ?? null,
      reserved,
    },
  };
}

/** `null`: there is no such function. */
export async function readMappings(
  client: LambdaClient,
  ask: Ask,
  name: string,
): Promise<Asked<MappingFacts[] | null>> {
  return await ask('lambda:ListEventSourceMappings', (abortSignal) =>
    orNull(
      (async () => {
        const found: MappingFacts[] = [];
        let Marker: string | undefined;
        do {
          const command = new ListEventSourceMappingsCommand({ FunctionName: name, Marker });
          const page = await client.send(command, { abortSignal });
          found.push(...(page.EventSourceMappings ?? []).map(mappingOf));
          Marker = page.NextMarker || undefined;
        } while (Marker !== undefined);
        return found;
      })(),
    ),
  );
}

function mappingOf(mapping: EventSourceMappingConfiguration): MappingFacts {
  return {
    id: mapping.UUID ?? '',
    queueArn: mapping.EventSourceArn ?? '',
    state: mapping.State ?? '',
    maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? null,
    reportsFailures: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
  };
}

/** Where an event goes on which the function failed for good; `null`: nowhere, or there is no such function. */
export async function readDestination(client: LambdaClient, ask: Ask, name: string): Promise<Asked<string | null>> {
  return await ask('lambda:GetFunctionEventInvokeConfig', async (abortSignal) => {
    const command = new GetFunctionEventInvokeConfigCommand({ FunctionName: name });
    const found = await orNull(client.send(command, { abortSignal }));
    return found?.DestinationConfig?.OnFailure?.Destination ?? null;
  });
}

export async function readConcurrency(client: LambdaClient, ask: Ask): Promise<Asked<ConcurrencyFacts>> {
  return await ask('lambda:GetAccountSettings', async (abortSignal) => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}), { abortSignal });
    const { ConcurrentExecutions: quota, UnreservedConcurrentExecutions: unreserved } = AccountLimit ?? {};
    if (quota === undefined || unreserved === undefined) throw new Error('Lambda gave no limits of the account.');
    return { quota, unreserved };
  });
}
