/**
 * The tables on which the ledger's promises are tried: the simulated one and the embedded one. The requests are the same real ones;
 * what differs is who evaluates their conditions.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { cleanUp, clientOptions, startSample } from '../local/sample-stack.ts';
import { makeTable } from '../simulation/table.ts';
import { readResolved } from '../template/compiled.ts';

export type Backend = { client: DynamoDBClient; tableName: string; close(): Promise<void> };

export const BACKENDS: Readonly<Record<string, () => Promise<Backend>>> = {
  'the simulated table': async () => {
    let batches = 0;
    const table = makeTable({ nowMs: () => 0, pageItems: 7, batchKeys: () => 1 + (batches++ % 3) });
    const client = { send: async (command: object) => table.carryOut(command) } as unknown as DynamoDBClient;
    return { client, tableName: 'ledger', close: async () => {} };
  },
  'the embedded table': async () => {
    // Whether there is such a table was a condition of the template.
    const { Condition: _, ...LedgerTable } = (await readResolved()).Resources.LedgerTable!;
    const stack = await startSample({ resources: { LedgerTable } });
    const client = new DynamoDBClient(clientOptions(stack));
    const close = async () => {
      client.destroy();
      await cleanUp();
    };
    return { client, tableName: stack.resource('LedgerTable').name, close };
  },
};
