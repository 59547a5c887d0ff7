/** AWS as the person at this machine reaches it: what the command line and the environment say, in the AWS CLI's order. */
import { readFileSync } from 'node:fs';
// Not by name: the first releases of Node 24 do not have them yet.
import tls from 'node:tls';
import type { AccessOptions } from '../../aws/access.ts';
import { personConfig } from '../../surroundings.ts';
import { UsageError, type Where } from '../errors.ts';

/** A `credential_process` that asks a person something gets the time for it; one that hangs is not waited for. */
const CREDENTIALS_MS = 60_000;
/** For what a failed command still has to print. */
const LAST_WORDS_MS = 1000;

/** @throws UsageError or ConfigError with one sentence where the environment contradicts itself */
export function personAccess(options: { region?: string; profile?: string } = {}): AccessOptions {
  const { caBundle, localEndpoint, ...found } = personConfig(options.profile);
  if (caBundle !== undefined) trust(caBundle);
  return {
    ...found,
    ...(options.region !== undefined && { region: options.region }),
    plainEndpoints: localEndpoint,
    within,
  };
}

/** What a sentence about a failure there needs. */
export function whereOf({ profile, keys, proxy }: AccessOptions): Where {
  const url = proxy?.HTTPS_PROXY ?? proxy?.HTTP_PROXY;
  return {
    ...(profile !== undefined && { profile }),
    ...(url !== undefined && { proxy: new URL(url).origin }),
    keys: keys !== undefined,
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Beside what Node trusts already: a bundle often holds the certificate of a company's proxy and nothing else. */
function trust(file: string): void {
  try {
    const certificates = readFileSync(file, 'utf8').match(CERTIFICATE);
    if (certificates === null) throw new Error('it holds none');
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...certificates]);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      `AWS_CA_BUNDLE names ${file}, which cannot be used (${code ?? message}): expected a file of certificates in PEM form.`,
      { cause },
    );
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(
      new UsageError(
        `No AWS credentials came within ${CREDENTIALS_MS / 1000} s: if the profile has a credential_process, run it by itself to see what it waits for.`,
      ),
    );
    // Nobody can end the process that hangs, and it must not keep this one once the command is over.
    setTimeout(() => process.exitCode !== undefined && process.exit(), LAST_WORDS_MS).unref();
  }, CREDENTIALS_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
