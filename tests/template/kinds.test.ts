/** What the template has once for each kind of thing that is counted. */

import { OTHER_KINDS, partsOfEachKind } from '../../infra/kinds.ts';
import { descriptorOf } from '../../src/census/kinds.ts';
import { idOf } from '../../src/cli/local/counted.ts';

const MODEL = {
  Parameters: { 'Count<Kinds>': { Default: '<on or off>', Description: 'Whether <many> are counted.' } },
  Resources: { 'NoTotalOf<Kinds>Alarm': { Name: 'no-total-<kind>', Kinds: ['<kind>', { If: '<Kinds>AreCounted' }] } },
};

test('streams are in the template themselves; every other kind that the code knows has a copy of all', () => {
  const { Resources, ...others } = partsOfEachKind(MODEL, 'streams');
  expect(Object.keys(Resources ?? {})).toEqual(OTHER_KINDS.map((kind) => `NoTotalOf${idOf(kind)}Alarm`));
  expect(Object.keys(others)).toEqual(['Parameters']);
});

test.each(OTHER_KINDS)('a copy says %s wherever the model leaves room for it, and whether they are counted', (kind) => {
  const id = idOf(kind);
  const { Parameters, Resources } = partsOfEachKind(MODEL, `streams, ${kind}`);
  const Description = `Whether ${descriptorOf(kind).words.many} are counted.`;
  expect(Parameters?.[`Count${id}`]).toEqual({ Default: 'on', Description });
  expect(partsOfEachKind(MODEL, 'streams').Parameters?.[`Count${id}`]).toMatchObject({ Default: 'off' });
  expect(Resources?.[`NoTotalOf${id}Alarm`]).toEqual({
    Name: `no-total-${kind}`,
    Kinds: [kind, { If: `${id}AreCounted` }],
  });
});

test.each([
  ['channels', 'Channels'],
  ['data-streams', 'DataStreams'],
])('what is of %s is called after %s', (kind, id) => {
  expect(idOf(kind)).toBe(id);
});
