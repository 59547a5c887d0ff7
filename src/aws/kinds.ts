/** How each kind is listed. A further kind is a file in kinds/, and a line here. */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Kind } from '../census/kinds.ts';
import { makeKinesisVideoClients, makeListingClients } from './clients.ts';
import type { HttpLimits } from './http.ts';
import { channelsLister } from './kinds/channels.ts';
import { dataStreamsLister } from './kinds/data-streams.ts';
import type { Lister } from './kinds/lister.ts';
import { streamsLister } from './kinds/streams.ts';

/** Gives the lister of a kind in a region. Its clients are made when they are needed. */
export function makeListers(limits: HttpLimits): (kind: Kind, region: string) => Lister {
  const video = makeKinesisVideoClients(limits);
  // By itself this client talks HTTP/2, which knows none of these limits and no proxy.
  const kinesis = makeListingClients(
    limits,
    ({ requestHandler, ...options }) =>
      new KinesisClient({ ...options, requestHandler: new NodeHttpHandler(requestHandler) }),
  );
  const listers: Record<Kind, (region: string) => Lister> = {
    streams: (region) => streamsLister(video(region)),
    channels: (region) => channelsLister(video(region)),
    'data-streams': (region) => dataStreamsLister(kinesis(region)),
  };
  return (kind, region) => listers[kind](region);
}
