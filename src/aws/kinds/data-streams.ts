/** Kinesis data streams: ListStreams of Kinesis. */
import { type KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { CountError } from '../../census/errors.ts';
import { dataStreams } from '../../census/kinds/data-streams.ts';
import type { StreamFacts } from '../../census/tally.ts';
import { sendAndRead } from '../as-it-came.ts';
import { fieldsOf, instant, text } from './fields.ts';
import type { Lister } from './lister.ts';

/** The most that may be asked for. The service gives 100 at most, whatever is asked for (the API's documentation). */
const PAGE_SIZE = 10_000;

/** How a page ends: with a token, or only with the word that there is more, which then comes after a name. */
const TOKEN = 'token:';
const AFTER = 'after:';

export function dataStreamsLister(client: KinesisClient): Lister {
  return {
    floor: dataStreams.regions.floor,
    async page({ token }, abortSignal) {
      const command = new ListStreamsCommand({ Limit: PAGE_SIZE, ...beginning(token) });
      const answer = await sendAndRead(client, command, () => client.send(command, { abortSignal }));
      const entries = entriesOf(answer);
      return { entries, nextToken: endOf(answer, entries) };
    },
    factsOf,
  };
}

function beginning(token: string | undefined) {
  if (token === undefined) return {};
  return token.startsWith(AFTER)
    ? { ExclusiveStartStreamName: token.slice(AFTER.length) }
    : { NextToken: token.slice(TOKEN.length) };
}

type Answer = Partial<Record<'StreamNames' | 'StreamSummaries' | 'HasMoreStreams' | 'NextToken', unknown>>;

/** Names always come; what they are, only from services that know summaries. @throws CountError if the two disagree */
function entriesOf({ StreamNames: names, StreamSummaries: summaries }: Answer): unknown {
  if (!Array.isArray(names) || !Array.isArray(summaries)) return summaries ?? names;
  if (names.length === summaries.length && areOf(summaries, new Set(names))) return summaries;
  throw badAnswer('The answer names other data streams than it describes.');
}

/** Whether the summaries are of these names, as far as each says which it is of. */
function areOf(summaries: readonly unknown[], names: ReadonlySet<unknown>): boolean {
  const described = summaries.map((summary) => text(fieldsOf(summary).StreamName));
  const known = new Set(described);
  return (
    described.every((name) => name === undefined || names.has(name)) &&
    (known.has(undefined) || known.size === names.size)
  );
}

/** @throws CountError if nothing says whether there is more, or after which name */
function endOf({ HasMoreStreams: more, NextToken: token }: Answer, entries: unknown): unknown {
  if (typeof token === 'string' && token !== '') return TOKEN + token;
  if (token !== undefined && token !== null && token !== '') return token;
  if (more === false) return undefined;
  const last = Array.isArray(entries) ? factsOf(entries.at(-1))?.name : undefined;
  if (more === true && last) return AFTER + last;
  throw badAnswer('The answer does not say whether there are more data streams.');
}

const badAnswer = (message: string) => new CountError('bad-answer', message, { retryable: true });

/**
 * A name alone is one of its region and account, as its ARN is. Whatever is made again under a name has the same ARN: so what
 * is given ends in the creation time, as the ARNs of Kinesis Video do, and tells the two apart. A list that shows a name
 * twice, once without its summary or its time, or on both sides of being made again, still shows one data stream.
 */
function factsOf(entry: unknown): StreamFacts | undefined {
  if (typeof entry === 'string' && entry !== '') return { name: entry, arn: entry, only: entry };
  const fields = fieldsOf(entry);
  const arn = text(fields.StreamARN);
  if (arn === undefined) return undefined;
  const status = text(fields.StreamStatus);
  const mode = text(fieldsOf(fields.StreamModeDetails).StreamMode);
  const createdAtMs = instant(fields.StreamCreationTimestamp);
  return {
    name: text(fields.StreamName) ?? '',
    arn: createdAtMs === undefined ? arn : `${arn}/${createdAtMs}`,
    only: arn.slice(arn.lastIndexOf('/') + 1),
    ...(status !== undefined && { status }),
    ...(mode !== undefined && { mode }),
    ...(createdAtMs !== undefined && { createdAtMs }),
  };
}
