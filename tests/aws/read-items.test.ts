/** What is damaged in an item is found, wherever it lies. Whole items, both ways: tests/aws/items.test.ts. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, recordItem, runItem } from '../../src/aws/items.ts';
import { keyOf, readRecord, readRun, readRunKey, readSweepPlace } from '../../src/aws/read-items.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import { aRun, aStoredTotal, counted, failed, KEY } from '../census/examples.ts';
import { truthOf } from '../census/listing/listing.ts';

const RUN = aRun(['eu-west-1']);
const NAMES = Array.from({ length: 40 }, (_, index) => `camera-${index}`);
const TALLY = truthOf(NAMES);
const RECORD = counted('eu-west-1', 40, { tally: TALLY });

type Fields = Record<string, unknown>;

/** An item as somebody has changed it by hand. */
function changed(item: Item, change: (fields: Fields) => void): Item {
  const fields: Fields = unmarshall(item);
  change(fields);
  return marshall(fields);
}

const recordWith = (change: (facets: Record<string, Record<string, number>>) => void) =>
  changed(recordItem(RECORD, RUN), ({ tally }) =>
    change((tally as { facets: Record<string, Record<string, number>> }).facets),
  );

const CLASSES = Object.entries(TALLY.facets ?? {}).flatMap(([facet, classes]) =>
  typeof classes === 'object' && facet !== 'mediaType'
    ? Object.keys(classes).map((name) => [facet, name] as const)
    : [],
);

describe('The facets of a tally', () => {
  test('read back as they were', () => {
    expect(readRecord(recordItem(RECORD, RUN))).toStrictEqual(RECORD);
    expect(CLASSES).toHaveLength(18);
  });

  test.each(CLASSES)('are damaged without %s.%s', (facet, name) => {
    const item = recordWith((facets) => delete facets[facet]?.[name]);
    expect(() => readRecord(item)).toThrow(`is damaged: tally.facets.${facet}.${name}: `);
  });

  test.each(['status', 'retention', 'mediaType', 'kmsKey', 'created'])(
    'are damaged if %s does not add up to the streams',
    (facet) => {
      const item = recordWith((facets) => {
        const [name = ''] = Object.keys(facets[facet] ?? {});
        facets[facet]![name]! += 1;
      });
      expect(() => readRecord(item)).toThrow('is damaged: tally: its facets do not add up to its streams.');
    },
  );

  test.each([
    ['fingerprint', 'none'],
    ['oldestCreatedAt', 'yesterday'],
    ['newestCreatedAt', 'yesterday'],
  ])('are damaged if %s is %s', (field, value) => {
    const item = recordWith((facets) => void Object.assign(facets, { [field]: value }));
    expect(() => readRecord(item)).toThrow(`is damaged: tally.facets.${field}: `);
  });
});

describe('The prefixes of a record', () => {
  const prefixes = {
    length: 7,
    counts: [
      { prefix: '', streams: 30 },
      { prefix: 'store-n', streams: 10 },
    ],
  };
  const record = { ...RECORD, prefixes };
  const damagedBy = (change: (found: typeof prefixes) => void) => {
    const item = changed(recordItem(record, RUN), (fields) => change(fields.prefixes as typeof prefixes));
    return () => readRecord(item);
  };

  test('read back as they were', () => {
    expect(readRecord(recordItem(record, RUN))).toStrictEqual(record);
  });

  test('are damaged if they do not add up to the streams, are too many, or too long', () => {
    expect(damagedBy(({ counts }) => void Object.assign(counts[0]!, { streams: 31 }))).toThrow(
      'is damaged: it: its prefixes do not add up to its streams.',
    );
    const more = Array.from({ length: 49 }, () => ({ prefix: 'x', streams: 0 }));
    expect(damagedBy(({ counts }) => void counts.push(...more))).toThrow('is damaged: prefixes.counts: ');
    expect(damagedBy((found) => void Object.assign(found, { length: 61 }))).toThrow('is damaged: prefixes.length: ');
    expect(damagedBy(({ counts }) => void Object.assign(counts[0]!, { prefix: 1 }))).toThrow(
      'is damaged: prefixes.counts.0.prefix: ',
    );
  });
});

describe('A quota', () => {
  test.each([
    { from: 'hearsay', limit: 10 },
    { from: 'applied', limit: 0 },
    { from: 'applied', limit: 10.5 },
    { from: 'applied' },
    { from: 'unknown', because: 'whatever' },
    { from: 'unknown' },
    {},
  ])('of a record is known from somewhere, or is unknown for a reason, or the record is damaged: %j', (quota) => {
    const item = changed(recordItem(RECORD, RUN), (fields) => void Object.assign(fields, { quota }));
    expect(() => readRecord(item)).toThrow('is damaged: quota');
  });

  test.each([
    { alarmPercent: 101, above: [], unknown: [] },
    { alarmPercent: 80, above: ['eu-west-1'] },
    { alarmPercent: 80, above: [7], unknown: [] },
    { alarmPercent: 80, above: [], unknown: [], highest: { region: 'eu-west-1', percent: -1 } },
  ])('of a total names regions and percentages, or the run is damaged: %j', (quota) => {
    const run = { ...RUN, total: aStoredTotal() };
    const item = changed(runItem(run), ({ total }) => void Object.assign(total as object, { quota }));
    expect(() => readRun(item)).toThrow('is damaged: total.quota');
  });
});

test('Who denied is a word of a closed list, or the record is damaged', () => {
  const denied = failed('eu-west-1', { reason: 'denied', deniedBy: 'another-policy' });
  expect(readRecord(recordItem(denied, RUN))).toStrictEqual(denied);
  const item = changed(recordItem(denied, RUN), (fields) => void Object.assign(fields, { deniedBy: 'somebody' }));
  expect(() => readRecord(item)).toThrow('is damaged: deniedBy: ');
});

describe('A run', () => {
  test.each(['complete', 'partial'] as const)('may have a total that is %s, and none of another verdict', (verdict) => {
    const run = { ...RUN, total: aStoredTotal({ verdict }) };
    expect(readRun(runItem(run))).toEqual(run);
    const item = changed(
      runItem(run),
      ({ total }) => void Object.assign(total as object, { verdict: `nearly ${verdict}` }),
    );
    expect(() => readRun(item)).toThrow('is damaged: total.verdict: ');
  });

  test.each([
    ['off', [{ lastKnown: { runId: KEY.runId, streams: 1, countedAt: RUN.openedAt } }]],
    ['off', [{ region: 'me-south-1', lastKnown: { runId: KEY.runId, streams: -1, countedAt: RUN.openedAt } }]],
    ['excluded', [7]],
    ['sources', { regions: { from: 'hearsay' }, optIn: { from: 'asked' } }],
    ['sources', { regions: { from: 'floor', because: 'AccessDenied' }, optIn: { from: 'asked' } }],
    ['sources', { regions: { from: 'asked', askedAt: 'yesterday' }, optIn: { from: 'asked' } }],
    ['sources', { regions: { from: 'asked' } }],
  ])('says what its plan comes from, or is damaged there: %s %j', (field, value) => {
    const item = changed(runItem(RUN), (fields) => void Object.assign(fields, { [field]: value }));
    expect(() => readRun(item)).toThrow(`is damaged: ${field}.`);
  });

  test('whose plan names a region twice is damaged: nobody can ask for it twice', () => {
    const plan = { L: [{ S: 'eu-west-1' }, { S: 'eu-west-1' }] };
    expect(() => readRun({ ...runItem(RUN), plan })).toThrow('is damaged: plan: it names a region twice.');
  });

  test('awaits its regions in the order of their names, whatever the order of the set', () => {
    const pending = { SS: ['us-east-1', 'eu-west-1', 'ap-east-1'] };
    expect(readRun({ ...runItem(RUN), pending }).pending).toEqual(['ap-east-1', 'eu-west-1', 'us-east-1']);
  });

  test('whose set of regions is none is damaged', () => {
    expect(() => readRun({ ...runItem(RUN), pending: { S: 'eu-west-1' } })).toThrow('is damaged: pending: ');
  });

  test('with a number that no computer holds exactly is damaged', () => {
    const item = { ...runItem(RUN), rev: { N: '9007199254740993' } };
    expect(() => readRun(item)).toThrow(InvalidInputError);
    expect(() => readRun(item)).toThrow(/^The ledger's item RUN#.* RUN is damaged: .*9007199254740993.*\.$/);
  });

  test('that is damaged is an input that is not what it must be', () => {
    expect(() => readRun({ ...runItem(RUN), rev: { N: '1.5' } })).toThrow(InvalidInputError);
  });
});

describe('An item that tells of another than its keys name is damaged', () => {
  const ANOTHER_DAY = { S: '2026-11-19T06:00:00Z' };
  const ANOTHER_ACCOUNT = { S: '999999999999' };

  test.each([
    ['another run', { runId: ANOTHER_DAY }, 'pk'],
    ['another account', { accountId: ANOTHER_ACCOUNT }, 'pk'],
    ['another kind', { kind: { S: 'channels' } }, 'pk'],
    ['another place among the runs', { timeSk: ANOTHER_DAY }, 'timeSk'],
  ])('a run: %s', (_what, changes, key) => {
    const because = `is damaged: its fields belong to another ${key}.`;
    expect(() => readRun({ ...runItem(RUN), ...changes })).toThrow(because);
    expect(() => readRecord({ ...recordItem(RECORD, RUN), ...changes })).toThrow(because);
  });

  test('a record: another region', () => {
    const item = { ...recordItem(RECORD, RUN), region: { S: 'eu-west-2' } };
    expect(() => readRecord(item)).toThrow('REGION#eu-west-1 is damaged: its fields belong to another sk.');
  });
});

describe('By its keys alone', () => {
  test.each([
    ['a run', runItem(RUN), { runId: KEY.runId, region: null }],
    ['a record', recordItem(RECORD, RUN), { runId: KEY.runId, region: 'eu-west-1' }],
    ['nothing', {}, { runId: '', region: null }],
    ['keys that are no texts', { pk: { N: '1' }, sk: { N: '1' } }, { runId: '', region: null }],
    ['a region with a line break', { sk: { S: 'REGION#eu\nwest' } }, { runId: '', region: 'eu\nwest' }],
    ['a region of something else', { sk: { S: 'A REGION#eu-west-1' } }, { runId: '', region: null }],
  ])('an item tells where it lies, damaged or not: %s', (_what, item, place) => {
    expect(keyOf(item)).toEqual(place);
  });

  test('an item tells its run', () => {
    expect(readRunKey(runItem(RUN))).toEqual(KEY);
  });

  test.each(['SWEEP', 'RUN', 'RUN#123456789012', 'RUN##2026-11-20T06:00:00Z', 'REGION#123456789012#eu-west-1'])(
    '%s is none',
    (pk) => {
      expect(readRunKey({ pk: { S: pk } })).toBeUndefined();
    },
  );

  test('nothing is none', () => {
    expect(readRunKey({})).toBeUndefined();
    expect(readRunKey({ pk: { N: '1' } })).toBeUndefined();
  });
});

describe('Where a sweep stopped', () => {
  test('is a run', () => {
    expect(readSweepPlace(marshall({ pk: 'SWEEP', sk: 'OPEN', place: KEY }))).toEqual(KEY);
  });

  test.each([
    ['is not said', {}],
    ['is no run', { place: 'here' }],
    ['is half a run', { place: { censusId: KEY.censusId } }],
    ['is a run of no instant', { place: { ...KEY, runId: 'now' } }],
  ])('is nowhere if it %s', (_what, fields) => {
    expect(readSweepPlace(marshall({ pk: 'SWEEP', sk: 'OPEN', ...fields }))).toBeUndefined();
  });
});
