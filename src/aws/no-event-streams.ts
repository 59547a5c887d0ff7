/**
 * No function subscribes to a stream of events. In the bundles this stands for what the SDK reads and writes them with (serverless.yml,
 * `alias`), which every client of it brings along: a fifteenth of each bundle, loaded at each cold start.
 */

/** Of the clients whose service has such streams. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

/** @throws Error always, and so does whoever is asked for such a stream */
export function eventStreamSerdeProvider(): never {
  throw new Error('No function of kvs-census reads or writes a stream of events.');
}

export const EventStreamSerde = eventStreamSerdeProvider;
