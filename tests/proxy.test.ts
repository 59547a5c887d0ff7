/** Through which proxies AWS is reached. */
import { proxyOf } from '../src/proxy.ts';

describe('the proxy', () => {
  test('is none where none is set, whatever is excepted from it', () => {
    expect(proxyOf({ NO_PROXY: '*' })).toEqual({});
  });

  test('a name is excepted with all that is below it, as other programs take it; this machine always is', () => {
    expect(proxyOf({ HTTPS_PROXY: 'proxy:3128', no_proxy: 'example.com, 10.0.0.1 .corp' })).toEqual({
      proxy: {
        HTTPS_PROXY: 'http://proxy:3128',
        NO_PROXY: 'example.com,.example.com,10.0.0.1,.corp,localhost,127.0.0.1,::1,[::1]',
      },
    });
  });

  test('the lower-case name goes before', () => {
    expect(proxyOf({ HTTP_PROXY: 'http://a', http_proxy: 'http://b' }).proxy).toMatchObject({ HTTP_PROXY: 'http://b' });
  });

  test.each(['socks5://me:secret@proxy:1080', 'http://', 'http://a b'])('%s is none', (HTTPS_PROXY) => {
    expect(() => proxyOf({ HTTPS_PROXY })).toThrow(
      'The environment variable HTTPS_PROXY is not the address of an HTTP proxy such as http://proxy.example.com:3128.',
    );
  });
});
