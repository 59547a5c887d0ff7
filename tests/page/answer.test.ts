/** What the page asks for, answered to whoever hands the request on: no server is needed for that. */
import { answerData } from '../../src/page/answer.ts';
import { nothingKnown } from '../../src/page/data.ts';
import { history } from '../cli/history.ts';
import { closePages, startPage } from './harness.ts';

afterEach(closePages);

async function start() {
  const server = await startPage();
  await server.fill(history({ runs: 3 }));
  const reading = { ...server.reading, known: nothingKnown() };
  const ask = async (path: string, query = '', method = 'GET') =>
    await answerData({ method, path, query: new URLSearchParams(query) }, reading);
  return { ...server, ask };
}

describe('A request that somebody hands on', () => {
  test.each(['newest', 'history', 'runs/2026-11-20T05:00:00Z', 'runs/2026-11-20T05%3A00%3A00Z', 'regions/eu-west-1'])(
    'for %s is answered as by the command’s server',
    async (what) => {
      const { ask, page } = await start();
      const { status, type, body, headers } = await ask(`/data/${what}`);
      const served = await fetch(`${page}data/${what}`);
      expect([status, `${type}; charset=utf-8`]).toEqual([served.status, served.headers.get('content-type')]);
      expect(JSON.parse(body)).toEqual(await served.json());
      for (const [name, value] of Object.entries(headers)) expect(served.headers.get(name)).toBe(value);
    },
  );

  test.each([
    ['/', 404],
    ['/data', 404],
    ['//data/newest', 404],
    ['/data/runs/%', 422],
    ['', 404],
  ])('for %j is refused, and throws nothing', async (path, status) => {
    const { ask } = await start();
    expect(await ask(path)).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
  });

  test('to change something is refused, and the ledger is not asked', async () => {
    const { ask, requests } = await start();
    requests.length = 0;
    expect(await ask('/data/newest', '', 'POST')).toMatchObject({ status: 405 });
    expect(requests).toEqual([]);
  });
});
