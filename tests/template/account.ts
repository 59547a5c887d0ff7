/**
 * As much of AWS, over HTTP, as a deployment asks for: a stack that is there and has nothing to change, its bucket, and its table.
 * What is asked is written down.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Account = {
  /** Of the stack that is deployed; nothing if there is none, or if it may not be looked at. */
  settings?: string;
  terminationProtection: boolean;
  deletionProtection: boolean;
  /** CloudFormation and DynamoDB refuse to protect anything. */
  denied: boolean;
  /** The names of the requests to CloudFormation and DynamoDB, in order. */
  readonly asked: string[];
};

/** @returns the endpoint of all services, and what closes it */
export async function openAccount(account: Account): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const { status, body } = answer(account, request, await text(request));
    response.writeHead(status, { 'content-type': body.startsWith('{') ? 'application/x-amz-json-1.0' : 'text/xml' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close() };
}

type Answer = { status: number; body: string };

function answer(account: Account, request: IncomingMessage, body: string): Answer {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (target.startsWith('DynamoDB_')) return ofTable(account, target.split('.')[1] ?? '', JSON.parse(body));
  if (request.method === 'POST' && body.includes('Action=')) return ofStack(account, new URLSearchParams(body));
  if (request.url?.startsWith('/2015-03-31/functions/')) return { status: 404, body: '{"Type":"User"}' };
  // A bucket that is there, and empty.
  return {
    status: 200,
    body: request.method === 'GET' ? '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>' : '',
  };
}

function ofTable(account: Account, action: string, input: { DeletionProtectionEnabled?: boolean }): Answer {
  account.asked.push(action);
  if (action === 'UpdateTable' && account.denied)
    return { status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' };
  if (action === 'UpdateTable')
    account.deletionProtection = input.DeletionProtectionEnabled ?? account.deletionProtection;
  const Table = { TableStatus: 'ACTIVE', DeletionProtectionEnabled: account.deletionProtection };
  return { status: 200, body: JSON.stringify({ Table }) };
}

function ofStack(account: Account, input: URLSearchParams): Answer {
  const action = String(input.get('Action'));
  account.asked.push(action);
  if (action === 'UpdateTerminationProtection')
    account.terminationProtection = input.get('EnableTerminationProtection') === 'true';
  const result = RESULTS[action]?.(account) ?? '';
  return { status: 200, body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>` };
}

const RESULTS: Record<string, (account: Account) => string> = {
  GetCallerIdentity: () => '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/me</Arn>',
  DescribeStacks: ({ settings, terminationProtection }) =>
    `<Stacks><member><StackName>stack</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>
      <EnableTerminationProtection>${terminationProtection}</EnableTerminationProtection>
      <Outputs>${settings ? `<member><OutputKey>Settings</OutputKey><OutputValue>${escaped(settings)}</OutputValue></member>` : ''}</Outputs>
    </member></Stacks>`,
  DeleteStack: () => '',
  DescribeStackEvents: () =>
    `<StackEvents><member><StackId>stack</StackId><StackName>stack</StackName><EventId>1</EventId>
      <LogicalResourceId>stack</LogicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType>
      <PhysicalResourceId>stack</PhysicalResourceId><ResourceStatus>DELETE_COMPLETE</ResourceStatus>
    </member></StackEvents>`,
  DescribeStackResource: () =>
    '<StackResourceDetail><PhysicalResourceId>bucket</PhysicalResourceId></StackResourceDetail>',
  CreateChangeSet: () => '<Id>change-set</Id><StackId>stack</StackId>',
  DescribeChangeSet: () =>
    "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason>",
};

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
