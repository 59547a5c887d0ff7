/** In which regions the service is, as AWS tells it today: public parameters that name them. */
import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { ReadLiveRegionsOf } from '../census/ports.ts';
import { sendAndRead } from './as-it-came.ts';
import { readRegions, regionNamed } from './region-answers.ts';

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html */
const pathOf = (service: string) => `/aws/service/global-infrastructure/services/${service}/regions`;

/** The most that GetParametersByPath gives. */
const PAGE_SIZE = 10;

/** Gives those of every partition. @param client of a region that answers for this path, as us-east-1 does */
export function makeReadLiveRegions(client: SSMClient): ReadLiveRegionsOf {
  return (signal, service) =>
    readRegions(
      signal,
      async (token) => {
        const command = new GetParametersByPathCommand({
          Path: pathOf(service),
          MaxResults: PAGE_SIZE,
          NextToken: token,
        });
        const send = () => client.send(command, { abortSignal: signal });
        const { Parameters: entries, NextToken: nextToken } = await sendAndRead(client, command, send);
        return { entries, nextToken };
      },
      (entries) => entries.map((entry) => regionNamed((entry as { Value?: unknown }).Value)),
    );
}
