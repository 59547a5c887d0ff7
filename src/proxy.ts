/** Through which proxies AWS is reached, as an environment says it. */
import type { ProxySettings } from './aws/http.ts';
import { ConfigError, type Environment } from './environment.ts';

/** What is on this machine is reached without a proxy, whatever NO_PROXY says. */
export const THIS_MACHINE = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** The variables that the AWS CLI and most other programs read; as there, the lower-case name goes before. */
export function proxyOf(environment: Environment): { proxy?: ProxySettings } {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  const https = read('HTTPS_PROXY');
  const http = read('HTTP_PROXY');
  if (!https && !http) return {};
  // Node takes a name for that host alone; everybody else takes it for the whole domain.
  const excepted = (read('NO_PROXY') ?? '')
    .split(/[\s,]+/)
    .flatMap((host) => (/^[a-z]/i.test(host) ? [host, `.${host}`] : [host]));
  return {
    proxy: {
      ...(https && { HTTPS_PROXY: proxyUrl('HTTPS_PROXY', https) }),
      ...(http && { HTTP_PROXY: proxyUrl('HTTP_PROXY', http) }),
      NO_PROXY: [...excepted, ...THIS_MACHINE].filter((host) => host !== '').join(','),
    },
  };
}

/** Without a scheme it is an HTTP proxy. The value may hold a password, which no message must show. */
function proxyUrl(name: string, value: string): string {
  const text = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new ConfigError(
    `The environment variable ${name} is not the address of an HTTP proxy such as http://proxy.example.com:3128.`,
  );
}
