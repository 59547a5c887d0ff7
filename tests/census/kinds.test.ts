import { callsPerSecondOf, descriptorOf, KINDS, parseKind, STREAMS } from '../../src/census/kinds.ts';
import { parseRegion } from '../../src/census/region.ts';

const facets = KINDS.flatMap((kind) => descriptorOf(kind).facets);

test('a facet of one name has the same classes in every kind: a record is checked by the name alone', () => {
  for (const { name, classes } of facets) {
    const others = facets.filter((other) => other.name === name).map((other) => Object.keys(other.classes));
    expect(others).toEqual(others.map(() => Object.keys(classes)));
  }
});

test('a class of a descriptor holds no slash, which tells those that a service names', () => {
  expect(facets.flatMap(({ classes }) => Object.keys(classes)).filter((name) => name.includes('/'))).toEqual([]);
});

test.each(KINDS)(
  'what bounds %s lies where the service is, and what an account switches on is of the floor',
  (kind) => {
    const { regions, quota, actions } = descriptorOf(kind);
    expect(regions.floor.map(parseRegion)).toEqual([...new Set(regions.floor)].sort());
    expect(regions.optIn.filter((region) => !regions.floor.includes(region))).toEqual([]);
    expect(regions.floor.filter((region) => quota !== undefined && !(quota.documented(region) > 0))).toEqual([]);
    expect(new Set(actions.map((action) => action.split(':')[0]))).toEqual(new Set([regions.service]));
  },
);

test.each(KINDS)('%s take the share of what AWS allows that streams take', (kind) => {
  expect(callsPerSecondOf(kind, 45) / descriptorOf(kind).callsPerSecond).toBeCloseTo(0.9);
});

test('what is none of them is refused, and those that there are are named', () => {
  expect(parseKind('channels')).toBe('channels');
  expect(() => parseKind('cameras')).toThrow(`"cameras" is not a kind of thing that is counted: ${KINDS.join(', ')}.`);
  expect(KINDS[0]).toBe(STREAMS);
});
