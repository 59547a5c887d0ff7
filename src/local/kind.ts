/**
 * A kind of thing that can be counted, as the local AWS knows it: which choices a world makes, what one of them looks like,
 * and how its service talks. Each is described in a file of its own, in kinds/; whatever is the same for all of them (names,
 * order, pages, tokens, faults, rates) knows none of them by name.
 */
import type * as v from 'valibot';
import type { ApiError, PageInput } from './wire.ts';

/** A choice and how often it is taken, relative to its neighbours: `{"ACTIVE": 96, "DELETING": 4}`. */
export type Weights = Readonly<Record<string, number>>;

/** A field of a world's region that says how often each choice is taken. */
export type Look = {
  readonly weights: Weights;
  /** Which choices there are, and what a sentence calls them. */
  readonly choice: v.GenericSchema<string, string>;
  readonly choices: string;
};

/** What the text of a thing is drawn with. Words are unsigned, of 32 bits. */
export type Drawing = {
  /** From a word to what one of the choices of a look turns into. */
  pick<T>(look: string, turn: (choice: string) => T): (word: number) => T;
  /** Of a resource in the account and the region. */
  arn(service: string, resource: string): string;
  /** Of the region: the same for all of its things. */
  readonly seed: readonly number[];
};

/**
 * One thing as JSON text.
 * @param hash of its name: whatever differs between things is drawn from it
 * @param createdMs epoch milliseconds
 */
export type TextOf = (name: string, hash: number, createdMs: number) => string;

/** What services say when something is wrong; each makes an error to be thrown. */
type Refusals = {
  denied(action: string, accountId: string): ApiError;
  /** By a policy of the organisation, which nobody in the account can change. */
  'denied-by-organization'(action: string, accountId: string): ApiError;
  throttled(action: string, accountId: string): ApiError;
  'server-error'(): ApiError;
  /** In the very words of bad credentials. */
  'not-enabled'(): ApiError;
};

/** How a denial ends: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html. */
export const BY_ORGANIZATION = 'with an explicit deny in a service control policy';

/** A service that lists things, and whatever its operations have in common. */
export type Service = {
  /** In credential scopes, in the path of the public parameter that says where it is, and in Service Quotas. */
  readonly name: string;
  /** In the SDK's variables of endpoints: `AWS_ENDPOINT_URL_<this>`. */
  readonly variable: string;
  /** What Service Quotas calls it. */
  readonly title: string;
  /** The field of an error's body. */
  readonly messageField: 'Message' | 'message';
  readonly refusals: Refusals;
};

export type ListInput = PageInput & {
  /** Only things whose names begin with it. */
  prefix?: string | undefined;
  /** Only things behind this one. */
  after?: string | undefined;
};

/** Part of a list; positions count from 0. */
export type Page = { readonly size: number; nameAt(position: number): string; textAt(position: number): string };

export type Kind = {
  /** In a world, where the field of this name says how many there are, and on the command line. */
  readonly name: string;
  /** What a sentence calls them. */
  readonly many: string;
  readonly service: Service;
  readonly nameLengthLimit: number;
  /** What a world that does not say it has: calls that are served in a second, and things on a page. */
  readonly callsPerSecond: number;
  readonly pageCap: number;
  readonly looks: Readonly<Record<string, Look>>;
  makeText(drawing: Drawing): TextOf;
  /** `operation` as a request names it: `POST /listStreams`, or its X-Amz-Target. */
  readonly list: {
    readonly operation: string;
    readonly action: string;
    /** @throws ApiError */
    read(body: string): ListInput;
    /** Names, ARNs and all that is drawn are ASCII. */
    write(page: Page, nextToken: string | undefined): string;
  };
  readonly describe?: {
    readonly operation: string;
    readonly action: string;
    /** The name that is asked for. @throws ApiError */
    read(body: string): string;
    write(text: string): string;
    notFound(): ApiError;
  };
  /** As Service Quotas has it, with the default that AWS documents. */
  readonly quota?: { readonly code: string; readonly title: string; standard(region: string): number };
};
