/** What a person sees of the organisation's run in progress, drawn over what was there before. */
import pc from 'picocolors';
import { organizationRunOf } from '../../../src/answers/organization/run.ts';
import { organizationPicture } from '../../../src/cli/local/organization-picture.ts';
import { organizationStory } from '../../fixtures/organization.ts';

const PLAIN = pc.createColors(false);
const [, , , settled, underWay] = organizationStory({ isOneUnderWay: true });
const pictureOf = (past: typeof settled, nowMs = Date.parse(past!.run.runId) + 10_000) =>
  organizationPicture(organizationRunOf(past!, nowMs), 'streams', 20, PLAIN).split('\n');

test('accounts in trouble are in the picture, and those that are waited for; not those that are complete', () => {
  const lines = pictureOf(settled);
  const { total } = settled!.run;
  expect(lines[0]).toMatch(
    new RegExp(`^run .*: ${total!.counted} of ${total!.expected} accounts, [0-9,]+ streams so far$`),
  );
  const drawn = lines.join('\n');
  expect(drawn).toMatch(/\n {2}Doorbells \(444455556666\) {2}failed {3}no-access\n/);
  expect(drawn).toMatch(/\n {2}Factories \(333344445555\) {2}partial {2}1 of 3 regions missing\n/);
  expect(drawn).not.toContain('Stores America');
  expect(drawn).not.toContain('Sandbox');
});

test('what is waited for is told at its end', () => {
  expect(pictureOf(underWay).at(-1)).toMatch(/^waiting for \d+ accounts? of \d+ /);
  expect(organizationPicture(undefined, 'streams', 20, PLAIN)).toBe(
    'streams: waiting for the dispatcher to open the run of the organisation',
  );
});
