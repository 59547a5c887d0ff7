import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Asynchronously: Lambda retries, and hands what fails for good to the function's on-failure destination. */
export async function invokeLater(client: LambdaClient, functionName: string, payload: unknown): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(payload));
  await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
}
