/** What is found out about a deployed stack: the raw facts, as src/aws/health reads them, before anybody judges them. */
import type { Kind } from '../../census/kinds.ts';
import type { OrganizationSummary } from '../../census/organization/summary.ts';
import type { Run } from '../../census/run.ts';
import type { DamagedItem } from '../reader.ts';

/** A question has an answer, or it could not be asked: then nobody knows. */
export type Asked<T> = { answer: T } | { refusal: Refusal };

export type Refusal = {
  /** The permission that the question takes, such as `sqs:GetQueueAttributes`. */
  action: string;
  /** `forbidden`: a policy denies it in so many words, and no further permission would help. */
  why: 'denied' | 'forbidden' | 'not-accepted' | 'throttled' | 'timed-out' | 'unreachable' | 'failed';
  /** How the service, the SDK or the machine calls the error. */
  error: string;
};

export const FUNCTIONS = ['dispatcher', 'worker', 'undelivered', 'aggregator'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export const QUEUES = ['region-tasks', 'undelivered-tasks', 'unreadable-tasks', 'failed-invocations'] as const;
export type QueueName = (typeof QUEUES)[number];

/** A run is opened by the first; the second settles what the functions did not. */
export const SCHEDULES = ['dispatch', 'sweep'] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

/** Functions that are fed by a queue, and which it is. */
export const FED_BY = { worker: 'region-tasks', undelivered: 'undelivered-tasks' } as const;
export type FedFunction = keyof typeof FED_BY;

/** Functions that are only ever invoked asynchronously: what they fail on for good goes to a destination. */
export const INVOKED = ['dispatcher', 'aggregator'] as const;
type InvokedFunction = (typeof INVOKED)[number];

/** Topics that carry the work: without a subscriber it stops there. */
export const WORK_TOPICS = ['region-tasks', 'nudges'] as const;
export type WorkTopic = (typeof WORK_TOPICS)[number];

/** Topics that tell what runs came to: the first two of streams, the last of every other kind. Nobody need have subscribed. */
export const TOTALS_TOPICS = ['totals', 'totals-mail', 'totals-detail'] as const;
export type TotalsTopic = (typeof TOTALS_TOPICS)[number];

/** `null` in place of any of these: there is no such thing. */
export type FunctionFacts = {
  roleArn: string;
  /** As Lambda calls it: `Active`, `Pending`, `Inactive`, `Failed`. */
  state: string;
  /** Of the newest change: `Successful`, `InProgress`, `Failed`. */
  lastUpdate: string;
  /** The ledger that it was told. */
  tableName: string | null;
  /** After how many receives it takes a task to be lost; the worker alone is told. */
  maxReceives: number | null;
  /** What it was told to count, as it was told, and be it in words that are not known here; the dispatcher alone is told. */
  kinds: readonly string[] | null;
  /** Reserved for it; 0 stops it. `null`: it takes of what the account has. */
  reserved: Asked<number | null>;
};

export type MappingFacts = {
  id: string;
  queueArn: string;
  /** As Lambda calls it: `Enabled`, `Disabled`, or on the way to it. */
  state: string;
  maximumConcurrency: number | null;
  reportsFailures: boolean;
};

export type ScheduleFacts = {
  name: string;
  isEnabled: boolean;
  expression: string;
  timezone: string;
  /** What it invokes, and as whom. */
  targetArn: string;
  roleArn: string;
  /** Where an event goes that cannot be delivered. */
  deadLetterArn: string | null;
  /** What AWS wants to be told again to change a part of it, as options of `aws scheduler update-schedule`. */
  asItIs: readonly (readonly [option: string, value: string])[];
};

/** What follows from an expression; `null` where nobody can tell. */
export type Times = {
  /** ISO 8601. */
  nextAt: string | null;
  /** The longest time between two ticks, in milliseconds. */
  longestGapMs: number | null;
};

export type QueueFacts = {
  url: string;
  arn: string;
  /** About how many wait, and how many somebody is working on. */
  waiting: number;
  inFlight: number;
  redrive: { targetArn: string; maxReceives: number } | null;
};

export type SubscriptionFacts = { protocol: string; endpoint: string; isConfirmed: boolean };

export type TableFacts = {
  /** As DynamoDB calls it: `ACTIVE`, `UPDATING`, `CREATING`. */
  status: string;
  /** Of each attribute that is part of a key: `S`, `N` or `B`. */
  types: Readonly<Record<string, string>>;
  keys: readonly string[];
  indexes: readonly { name: string; keys: readonly string[]; projection: string; status: string }[];
};

export type AlarmFacts = {
  name: string;
  /** As CloudWatch calls it: `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  state: string;
  /** ISO 8601: in this state since then. */
  since: string | null;
  actionsEnabled: boolean;
  actions: readonly string[];
};

/** Whether a principal may do something; `explicitDeny`: a policy denies it in so many words. */
export type Decision = { decision: string; byOrganization: boolean; byBoundary: boolean };

/** How many invocations the account may run at the same time, and how many of these are reserved for no function. */
export type ConcurrencyFacts = { quota: number; unreserved: number };

export type Identity = { accountId: string; arn: string };

type Each<Name extends string, Of> = Readonly<Record<Name, Asked<Of>>>;

/** Of one kind. */
export type RunFacts = {
  /** Newest first: some, among them the newest that has a total, if one has. */
  runs: Asked<Run[]>;
  /** Items of the ledger that were left out of `runs`, since they cannot be read. */
  damaged: readonly DamagedItem[];
  /**
   * The same of the organisation, where the stack's own account is counted with others, or only others are. Absent where it is counted
   * alone.
   */
  organization?: readonly OrganizationSummary[];
};

/** Of kinds that are counted. */
type OfKinds<T> = Readonly<Partial<Record<Kind, T>>>;

/** What a screen of the whole stack shows. The runs are those of streams. */
export type StatusFacts = RunFacts & {
  functions: Each<FunctionName, FunctionFacts | null>;
  queues: Each<QueueName, QueueFacts | null>;
  schedules: Each<ScheduleName, ScheduleFacts | null>;
  times: Readonly<Record<ScheduleName, Times>>;
  alarms: Asked<AlarmFacts[]>;
  /** By the ARN of the topic; of each topic that an alarm goes to. `null`: there is no such topic. */
  hearers: Readonly<Record<string, Asked<SubscriptionFacts[] | null>>>;
  /** The runs of each other kind that the dispatcher was told to count. */
  others: OfKinds<RunFacts>;
};

/** What is looked at beside to tell whether the stack is well. */
export type DoctorFacts = StatusFacts & {
  /** The ledger that the functions were told, or else the one that the command was. */
  tableName: string;
  /** The one that the command was told. */
  askedTable: string;
  table: Asked<TableFacts | null>;
  /** The attribute by which items expire; `null`: none do. */
  expiry: Asked<string | null>;
  isRecoverable: Asked<boolean>;
  mappings: Each<FedFunction, MappingFacts[] | null>;
  /** Where an event goes on which a function failed for good; `null`: nowhere. */
  destinations: Each<InvokedFunction, string | null>;
  work: Each<WorkTopic, SubscriptionFacts[] | null>;
  totals: Each<TotalsTopic, SubscriptionFacts[] | null>;
  /** Whether the worker may list what is of each kind that is counted, and whether a schedule may invoke its function; `null`: there is no schedule. */
  mayList: OfKinds<Asked<Decision>>;
  mayInvoke: Each<ScheduleName, Decision | null>;
  concurrency: Asked<ConcurrencyFacts>;
};
