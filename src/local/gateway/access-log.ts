/**
 * A line of the access log: the stage's format, with the values of a request in the place of its variables
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html). Pure.
 */

/** What has no value in a request stands as `-`. */
export type LogValues = Partial<Record<Variable, string | number>>;

const VARIABLES = [
  ...['accountId', 'apiId', 'domainName', 'domainPrefix', 'stage', 'routeKey', 'requestId', 'extendedRequestId'],
  ...['httpMethod', 'path', 'protocol', 'status', 'requestTime', 'requestTimeEpoch', 'responseLatency'],
  ...['responseLength', 'dataProcessed', 'error.message', 'error.messageString', 'error.responseType'],
  ...['authorizer.error', 'identity.accountId', 'identity.caller', 'identity.principalOrgId', 'identity.sourceIp'],
  ...['identity.user', 'identity.userAgent', 'identity.userArn', 'awsEndpointRequestId', 'integrationErrorMessage'],
  ...['integrationLatency', 'integrationStatus', 'integration.error', 'integration.integrationStatus'],
  ...['integration.latency', 'integration.requestId', 'integration.status'],
] as const;
type Variable = (typeof VARIABLES)[number];

const CLAIM = 'authorizer.claims.';
const USE = /\$context\.([A-Za-z][\w.:-]*\w)/g;

/** @throws one sentence for a variable that the local stack would leave empty for ever */
export function checkFormat(format: string, stageId: string): void {
  const known: readonly string[] = VARIABLES;
  for (const [use, name = ''] of format.matchAll(USE)) {
    if (known.includes(name) || name.startsWith(CLAIM)) continue;
    throw new Error(`${stageId}: its access log has ${use}, a variable that the local stack does not know.`);
  }
}

/** @param claims of a token, as texts */
export function logLine(format: string, values: LogValues, claims: Readonly<Record<string, string>> = {}): string {
  return format
    .replaceAll(USE, (_, name: string) => {
      const value = name.startsWith(CLAIM) ? claims[name.slice(CLAIM.length)] : values[name as Variable];
      return value === undefined || value === '' ? '-' : quoted(String(value));
    })
    .trim();
}

/** A format is JSON, as a rule: what a caller may write must not end a string of it. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
