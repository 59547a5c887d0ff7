/**
 * Whose a function is, Lambda says in its environment. In the bundles this stands for the SDK's own choice of credentials
 * (serverless.yml, `alias`), which looks there first, too, and beyond that knows of profiles, single sign-on, instances and
 * more: a fifth of each bundle, for places where no function runs.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
