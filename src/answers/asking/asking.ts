/**
 * What may be asked, and of whom: of an account's runs or of the organisation's. Every door to the answers (the command, the API, an
 * agent) asks here, so that all of them give the same documents.
 */
import type { Head } from '../head.ts';
import type { HeadroomOptions } from '../headroom.ts';
import type { Read } from '../news.ts';
import type { Source } from '../reader.ts';
import type { RunFilter } from '../run-filter.ts';
import type { RunName } from '../run-name.ts';
import type { Range } from '../runs.ts';

/** A document of docs/json.md. */
export type Document = Omit<Head<string>, 'schema'> & { schema: `kvs-census/${string}/${number}` };

/**
 * Each gives a document, and what a person should know beside it; the instant of the reading is in milliseconds since 1970.
 * All throw NoAnswer where there is nothing to tell, NotAsked for what cannot be asked of these runs, and InvalidInputError where what
 * would be told is damaged.
 */
export type Asking = {
  /** @param filter of an organisation: its accounts */
  latest(source: Source, filter: RunFilter, nowMs: number): Promise<Read<Document>>;
  runs(source: Source, range: Range, filter: RunFilter, nowMs: number): Promise<Read<Document>>;
  /** @param filter of an organisation: its accounts */
  run(source: Source, name: RunName, filter: RunFilter, nowMs: number): Promise<Read<Document>>;
  explain(source: Source, name: RunName, nowMs: number): Promise<Read<Document>>;
  /** Without names: the newest total and the one that it is compared with. */
  diff(
    source: Source,
    names: readonly [before: RunName, after: RunName] | undefined,
    nowMs: number,
  ): Promise<Read<Document>>;
  /** @param than the run to compare with; undefined: the comparable one */
  why(source: Source, name: RunName, than: RunName | undefined, nowMs: number): Promise<Read<Document>>;
  region(
    source: Source,
    region: string,
    range: Range,
    filter: Pick<RunFilter, 'reason'>,
    nowMs: number,
  ): Promise<Read<Document>>;
  headroom(source: Source, options: HeadroomOptions, nowMs: number): Promise<Read<Document>>;
  /** The newest total as Prometheus' text, and the document that it was made of. */
  metrics(source: Source, wanted: { isByAccount: boolean }, nowMs: number): Promise<{ text: string; answer: Document }>;
};
