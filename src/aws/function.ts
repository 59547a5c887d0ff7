import { GetFunctionConfigurationCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { accountOfFunction } from '../census/run.ts';

/** Asynchronously: Lambda retries, and hands what fails for good to the function's on-failure destination. */
export async function invokeLater(client: LambdaClient, functionName: string, payload: unknown): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(payload));
  await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
}

/** The kinds that a dispatcher was told to count, by the names that it knows; nothing, if it says none. @throws what the SDK throws */
export async function readKinds(client: LambdaClient, functionName: string): Promise<string[] | undefined> {
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  return kindsTold(Environment?.Variables);
}

/** Whose a function is, and what it was told. @throws what the SDK throws */
export async function readSettings(
  client: LambdaClient,
  functionName: string,
): Promise<{ accountId: string; told: Readonly<Record<string, string>> }> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const { FunctionArn = '', Environment } = await client.send(command);
  return { accountId: accountOfFunction(FunctionArn), told: Environment?.Variables ?? {} };
}

export function kindsTold({ KINDS }: Readonly<Record<string, string>> = {}): string[] | undefined {
  return KINDS?.split(',').map((kind) => kind.trim());
}
