/**
 * What a person's command takes from the environment of whoever runs it, besides what the SDK reads there by itself. The
 * functions read config.ts instead.
 */
import { devNull } from 'node:os';
import { basename } from 'node:path';
import type { ProxySettings } from './aws/http.ts';
import { parseOwner } from './census/census-id.ts';
import type { Kind } from './census/kinds.ts';
import { parseRegion } from './census/region.ts';
import { ConfigError, type Environment } from './environment.ts';
import { proxyOf, THIS_MACHINE } from './proxy.ts';

/** How AWS is reached. */
type PersonConfig = {
  profile?: string;
  /** They go before a profile that the environment names, and behind one that the command line does, as with the AWS CLI. */
  keys?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  proxy?: ProxySettings;
  /** A file of certificates that are trusted beside those that Node knows. */
  caBundle?: string;
  /** The ledger is asked at an address on this machine, which has no other names, for FIPS or IPv6. */
  localEndpoint: boolean;
};

/** @param named the profile that the command line names */
export function personConfig(named: string | undefined, environment: Environment = process.env): PersonConfig {
  const { AWS_CA_BUNDLE: caBundle } = environment;
  const profile = named ?? environment.AWS_PROFILE;
  const ledger = endpointOf(environment, 'AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL');
  return {
    ...(profile && { profile }),
    ...(named === undefined && keysOf(environment)),
    ...proxyOf(environment),
    ...(caBundle && { caBundle }),
    localEndpoint: ledger !== undefined && THIS_MACHINE.includes(new URL(ledger).hostname),
  };
}

/** The first address that the environment names under these variables, unless it says as well that none holds. */
function endpointOf(environment: Environment, ...names: string[]): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined;
  const name = names.find((one) => environment[one]);
  const url = name && environment[name];
  if (!url || /^https?:\/\/[^/]/.test(url)) return url || undefined;
  throw new ConfigError(
    `The environment variable ${name} holds ${JSON.stringify(url)}; expected an address such as http://127.0.0.1:4566.`,
  );
}

const KEY_NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

function keysOf(environment: Environment): Pick<PersonConfig, 'keys'> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (!accessKeyId && !secretAccessKey) return {};
  // Node would refuse to send it, without saying what.
  const unsendable = KEY_NAMES.find((name) => /[^\x21-\x7e]/.test(environment[name] ?? ''));
  if (unsendable)
    throw new ConfigError(
      `The environment variable ${unsendable} holds a character that no key has, such as a space or a line break: set it again.`,
    );
  if (accessKeyId && secretAccessKey)
    return { keys: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
  const [set, missing] = accessKeyId
    ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
  throw new ConfigError(`The environment variable ${set} is set and ${missing} is not: set both, or neither.`);
}

/**
 * Puts right what the SDK reads by itself, before the first client is made. As with the AWS CLI, AWS_DEFAULT_REGION and
 * AWS_DEFAULT_PROFILE stand in for AWS_REGION and AWS_PROFILE, and a variable that is set to nothing is not set.
 */
export function settleAwsEnvironment(environment: Record<string, string | undefined> = process.env): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_') && environment[name] === '') delete environment[name];
  }
  const { AWS_DEFAULT_REGION: region, AWS_DEFAULT_PROFILE: profile } = environment;
  if (region) environment.AWS_REGION ??= region;
  if (profile) environment.AWS_PROFILE ??= profile;
}

/**
 * For clients that only talk to this machine: whatever the machine says of AWS (a FIPS endpoint, a profile that is not
 * there, a retry mode) is about another place, and some of it would make the SDK refuse an address of its own.
 */
export function forgetAwsEnvironment(environment: Record<string, string | undefined> = process.env): void {
  for (const name of Object.keys(environment)) if (name.startsWith('AWS_')) delete environment[name];
  environment.AWS_CONFIG_FILE = devNull;
  environment.AWS_SHARED_CREDENTIALS_FILE = devNull;
  environment.AWS_EC2_METADATA_DISABLED = 'true';
}

/** What a run asks beside its ledger: what it counts, and what knows about regions, quotas and accounts. */
const COUNTED = ['KINESIS_VIDEO', 'KINESIS', 'ACCOUNT', 'SSM', 'SERVICE_QUOTAS', 'STS', 'ORGANIZATIONS'] as const;
type Endpoints = { [Name in (typeof COUNTED)[number] as `AWS_ENDPOINT_URL_${Name}`]?: string };

/**
 * What the command `kvs-census local` takes from the environment of whoever starts it: a Kinesis Video service to use instead
 * of the local one, which then answers for what is asked beside it, too, unless the environment names another.
 * @param video which Kinesis Video is counted: for AWS's, AWS_ENDPOINT_URL holds as for any other service
 */
export function localEndpoints(video: 'local' | 'aws', environment: Environment = process.env): Endpoints {
  const general = video === 'aws' ? ['AWS_ENDPOINT_URL'] : [];
  const found = COUNTED.map((name) => {
    const variable = `AWS_ENDPOINT_URL_${name}`;
    return [variable, endpointOf(environment, variable, ...general)] as const;
  });
  const { AWS_ENDPOINT_URL_KINESIS_VIDEO: standIn }: Endpoints = Object.fromEntries(found);
  return Object.fromEntries(found.flatMap(([name, url = standIn]) => (url === undefined ? [] : [[name, url]])));
}

/** Variables with which a person tells Node whom to trust. */
const CERTIFICATES = ['NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'];

/** For functions that reach beyond this machine: its proxy and its certificates, as a function's environment. */
export function networkOf(environment: Environment = process.env): Record<string, string> {
  const certificates = CERTIFICATES.map((name) => [name, environment[name]] as const);
  return {
    ...Object.fromEntries(certificates.filter((entry): entry is [string, string] => Boolean(entry[1]))),
    ...(environment.AWS_CA_BUNDLE && { NODE_EXTRA_CA_CERTS: environment.AWS_CA_BUNDLE }),
    ...proxyOf(environment).proxy,
  };
}

/** `TERM=dumb`, or one that nobody knows: a terminal that shows text and can do nothing else. */
export function terminalConfig(environment: Environment = process.env): { isDumb: boolean } {
  return { isDumb: environment.TERM === 'dumb' || environment.TERM === 'unknown' };
}

/** Which ledger is asked, and whose runs of it; what is not said is as the AWS CLI finds it. */
export type PlaceConfig = {
  stage?: string;
  table?: string;
  region?: string;
  profile?: string;
  /** One, or all together. */
  account?: string;
  /** Of which kind of things; streams if not said. */
  kind?: Kind;
  local: boolean;
};

/**
 * What stands in for options that the command line leaves out. `--local` is a place of its own, to which no variable adds
 * anything; and of the stage and the table, the command line names the one that is meant.
 * @throws ConfigError, in one sentence, for a variable that cannot be
 */
export function placeConfig(given: PlaceConfig, environment: Environment = process.env): PlaceConfig {
  if (given.local) return given;
  const { stage, table, region, profile, account } = given;
  const isNamed = [stage, table, region, profile].some((one) => one !== undefined);
  if (!isNamed && isOn('KVS_CENSUS_LOCAL', environment)) return { ...given, local: true };
  const inherited = {
    ...(stage === undefined && table === undefined && stackOf(environment)),
    region: region ?? parsed('KVS_CENSUS_REGION', parseRegion, environment),
    profile: profile ?? (environment.KVS_CENSUS_PROFILE || undefined),
    account: account ?? parsed('KVS_CENSUS_ACCOUNT', parseOwner, environment),
  };
  const set = Object.entries(inherited).filter(([, value]) => value !== undefined);
  return { ...given, ...Object.fromEntries(set) };
}

function stackOf({
  KVS_CENSUS_STAGE: stage,
  KVS_CENSUS_TABLE: table,
}: Environment): Pick<PlaceConfig, 'stage' | 'table'> {
  if (table) return { table };
  return stage ? { stage } : {};
}

function parsed(name: string, parse: (value: unknown) => string, environment: Environment): string | undefined {
  const value = environment[name];
  if (!value) return undefined;
  try {
    return parse(value);
  } catch (cause) {
    throw new ConfigError(`The environment variable ${name} is wrong. ${(cause as Error).message}`, { cause });
  }
}

function isOn(name: string, environment: Environment): boolean {
  const value = environment[name]?.toLowerCase() ?? '';
  if (['1', 'true', 'yes'].includes(value)) return true;
  if (['', '0', 'false', 'no'].includes(value)) return false;
  throw new ConfigError(`The environment variable ${name} holds ${JSON.stringify(value)}; expected 1 or 0.`);
}

/**
 * What a person types to start this command once more. npm says so where it started it, be it with npx or with `npm start`;
 * else it was found by its own name.
 * @param script the file that Node runs
 */
export function startedAs(script = '', environment: Environment = process.env): string {
  const isByNpm = environment.npm_command !== undefined || script.includes('.bin');
  const isInstalled = basename(script) === 'kvs-census' || script.includes('node_modules');
  return isInstalled && !isByNpm ? 'kvs-census' : 'npx kvs-census';
}
