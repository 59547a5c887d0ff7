import { defaultProvider } from '../../src/aws/environment-credentials.ts';

const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
});

test('what Lambda puts into the environment are the credentials of a function', async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'who',
    AWS_SECRET_ACCESS_KEY: 'proof',
    AWS_SESSION_TOKEN: 'until when',
  });
  await expect(defaultProvider()()).resolves.toMatchObject({
    accessKeyId: 'who',
    secretAccessKey: 'proof',
    sessionToken: 'until when',
  });
});

test('without them there are none, wherever else some may lie', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  process.env.AWS_PROFILE = 'somebody';
  await expect(defaultProvider()()).rejects.toThrow('Unable to find environment variable credentials.');
});
