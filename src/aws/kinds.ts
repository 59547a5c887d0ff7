/** How each kind is listed. A further kind is a file in kinds/, and a line here. */
import type { Kind } from '../census/kinds.ts';
import { makeKinesisVideoClients } from './clients.ts';
import type { HttpLimits } from './http.ts';
import { channelsLister } from './kinds/channels.ts';
import type { Lister } from './kinds/lister.ts';
import { streamsLister } from './kinds/streams.ts';

/** Gives the lister of a kind in a region. Its clients are made when they are needed. */
export function makeListers(limits: HttpLimits): (kind: Kind, region: string) => Lister {
  const video = makeKinesisVideoClients(limits);
  const listers: Record<Kind, (region: string) => Lister> = {
    streams: (region) => streamsLister(video(region)),
    channels: (region) => channelsLister(video(region)),
  };
  return (kind, region) => listers[kind](region);
}
