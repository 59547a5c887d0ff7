/** The API of the stack that `--keep` leaves up: who may ask it, and what a person is told of how to. */
import type { Issuer } from '../../local/issuer.ts';

/** As the parameter `api` of a deployment. */
export const API_CHOICES = ['iam', 'jwt', 'off'] as const;
export type ApiChoice = (typeof API_CHOICES)[number];

export type LocalApi = {
  readonly choice: ApiChoice;
  /** Of the template. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The page of the stack at this address signs people in from now on. */
  welcome(url: string): void;
  /** Lines for whoever wants to ask the stack. */
  howToAsk(stack: Reachable): Promise<string[]>;
  close(): Promise<void>;
};

type Reachable = { readonly url: string; readonly environment: Readonly<Record<string, string>> };

/** Tokens are for the API, and are given to its page. */
const CLIENT = { audience: 'kvs-census', clientId: 'kvs-census-page' };

/** With `jwt` somebody must sign people in: that is a server of its own, which nothing else loads. */
export async function openApi(choice: ApiChoice): Promise<LocalApi> {
  const alone = { choice, welcome: () => {}, close: async () => {} };
  switch (choice) {
    case 'off':
      return { ...alone, parameters: {}, howToAsk: async () => [] };
    case 'iam':
      return { ...alone, parameters: { Api: choice }, howToAsk: async (stack) => signedLines(stack) };
    case 'jwt': {
      const { startIssuer } = await import('../../local/issuer.ts');
      const issuer = await startIssuer(CLIENT);
      const { audience: ApiAudience, clientId: PageClientId } = CLIENT;
      return {
        choice,
        parameters: { Api: choice, ApiIssuer: issuer.url, ApiAudience, PageClientId },
        welcome: issuer.welcome,
        howToAsk: (stack) => tokenLines(stack, issuer),
        close: issuer.close,
      };
    }
    default:
      return choice satisfies never;
  }
}

function signedLines({ url, environment }: Reachable): string[] {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  const user = `${AWS_ACCESS_KEY_ID}:${AWS_SECRET_ACCESS_KEY}`;
  return [
    'To ask its API, which takes requests that are signed with these keys:\n',
    `curl --aws-sigv4 aws:amz:${AWS_REGION}:execute-api --user ${user} ${url}/v1/latest`,
  ];
}

async function tokenLines({ url }: Reachable, issuer: Issuer): Promise<string[]> {
  return [
    `Its page signs people in at ${issuer.url}, which asks for no password.`,
    'To ask its API, which takes tokens from there; this one holds for an hour:\n',
    `export TOKEN=${await issuer.token()}`,
    `curl --header "authorization: Bearer $TOKEN" ${url}/v1/latest`,
  ];
}
