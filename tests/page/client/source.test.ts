/** What the page asks a server for. */
import { censusIdOf, ORGANIZATION } from '../../../src/census/census-id.ts';
import { makeSource, readFirst } from '../../../src/page/client/source.ts';

const ACCOUNT = '123456789012';

test('the first time nobody is named; from then on always, so that no answer is of another account or kind', async () => {
  const asked: string[] = [];
  const ask = async <Answer>(what: string): Promise<Answer> => {
    asked.push(what);
    return { latest: null, open: null } as Answer;
  };
  await readFirst(ask);
  expect(asked.splice(0)).toEqual(['newest']);
  const own = censusIdOf(ACCOUNT, 'streams');
  const sourceOf = makeSource({ form: 'live', censusId: own, newest: null, problem: null }, ask);
  for (const [account, kind] of [
    [ACCOUNT, 'streams'],
    [ORGANIZATION, 'channels'],
  ] as const) {
    const source = sourceOf(censusIdOf(account, kind));
    await source.newest(null);
    await source.history();
    await source.run('2026-11-20T06:00:00Z');
    await source.region('eu-west-1');
    await source.diff('2026-11-20T00:00:00Z', '2026-11-20T06:00:00Z');
    const named = asked.splice(0).map((what) => Object.fromEntries(new URLSearchParams(what.split('?')[1])));
    expect(named).toEqual(Array.from({ length: 5 }, () => ({ account, kind })));
  }
});
