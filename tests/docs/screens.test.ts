import { ACCOUNT } from '../cli/history.ts';
import { cleanUp, makeIo, startLedger, type TestLedger } from '../cli/world.ts';
import { month } from '../fixtures/month.ts';
import { organizationStory } from '../fixtures/organization.ts';
import { story } from '../fixtures/story.ts';
import { textOf } from './text.ts';

let aStory: TestLedger;
let aMonth: TestLedger;
let anOrganization: TestLedger;
beforeAll(async () => {
  [aStory, aMonth, anOrganization] = [await startLedger(), await startLedger(), await startLedger()];
  await anOrganization.fillOrganization(organizationStory());
  await aStory.fill(story());
  await aMonth.fill(month());
});
afterAll(cleanUp);

/** Each block of the docs that shows a command with what it prints. */
const screens = ['operations.md', 'cli.md', 'headroom.md'].flatMap((page) =>
  [...textOf(page).matchAll(/```console\n\$ npx kvs-census (.+)\n([\s\S]*?)```/g)].map(
    ([, line = '', printed = '']) => ({ page, line, printed }),
  ),
);

/** The docs say once where their commands read; here they read the test's ledger, and say so in what they print. */
const PLACE = new RegExp(` --local( --account ${ACCOUNT})?`, 'g');

test('the docs show screens', () => {
  expect(screens.length).toBeGreaterThan(4);
});

test.each(screens)('docs/$page: $line prints what is shown', async ({ line, page, printed }) => {
  const isOfAll = line.includes('organization') || page === 'organisation.md';
  // How fast a region grows is told from weeks.
  const ledger = isOfAll ? anOrganization : page === 'headroom.md' ? aMonth : aStory;
  const io = makeIo(ledger.folder(), { width: 100, startedAs: 'npx kvs-census' });
  const { out, err } = isOfAll ? await ledger.ask(line, io) : await ledger.command(line, io);
  expect({ out: out.replace(PLACE, ''), err }).toEqual({ out: printed, err: '' });
});
