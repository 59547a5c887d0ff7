/** How each kind is listed. A further kind is a file in kinds/, and a line here. */
import type { Kind } from '../census/kinds.ts';
import { makeKinesisClients, makeKinesisVideoClients } from './clients.ts';
import type { HttpLimits } from './http.ts';
import { channelsLister } from './kinds/channels.ts';
import { dataStreamsLister } from './kinds/data-streams.ts';
import type { Lister } from './kinds/lister.ts';
import { streamsLister } from './kinds/streams.ts';
import type { CredentialsOf } from './sessions.ts';

/** Gives the lister of a kind in a region of an account; absent: of one's own. Its clients are made when they are needed. */
export function makeListers(
  limits: HttpLimits,
  credentialsOf?: CredentialsOf,
): (kind: Kind, region: string, accountId?: string) => Lister {
  const video = makeKinesisVideoClients(limits, credentialsOf);
  const kinesis = makeKinesisClients(limits, credentialsOf);
  const listers: Record<Kind, (region: string, accountId?: string) => Lister> = {
    streams: (...where) => streamsLister(video(...where)),
    channels: (...where) => channelsLister(video(...where)),
    'data-streams': (...where) => dataStreamsLister(kinesis(...where)),
  };
  return (kind, ...where) => listers[kind](...where);
}
