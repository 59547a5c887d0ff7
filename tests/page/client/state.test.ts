/** What the page concludes from what it has read. */
import { emptyState, kindsOf, merged } from '../../../src/page/client/state.ts';
import { readHistory } from '../../../src/page/data.ts';
import { history } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

test('what is read again replaces what was known of the same run, and is the same object where nothing has changed', async () => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 5 }));
  const { lines } = await readHistory(source, 100, NOW_MS);
  expect(merged(lines.slice(0, 2), lines)).toBe(lines);
  const news = { ...(lines[1] as (typeof lines)[number]), streams: 1 };
  expect(merged([news], lines)).toEqual([lines[0], news, ...lines.slice(2)]);
  expect(merged(lines, [])).toEqual(lines);
});

test('the switch tells of every kind that was counted, and of the shown one though it was not', () => {
  const line = { runId: '2026-11-20T06:00:00Z', verdict: 'complete', streams: 7, expected: 1, counted: 1 } as const;
  const streams = { kind: 'streams', ...line } as const;
  expect(kindsOf(emptyState('123456789012/channels'), [streams])).toEqual([
    streams,
    { kind: 'channels', runId: '', verdict: null, streams: null, expected: 0, counted: null },
  ]);
});
