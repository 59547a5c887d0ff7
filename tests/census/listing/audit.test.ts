import { type Audit, makeAudit, type Way, wayOf } from '../../../src/census/listing/audit.ts';
import { makeAudits } from '../../../src/census/listing/audits.ts';
import { makeEvidence } from '../../../src/census/listing/evidence.ts';
import { addNamesake, addPage, branch, makePart, type Part } from '../../../src/census/listing/parts.ts';
import type { Question } from '../../../src/census/listing/questions.ts';
import { numbered } from './counting.ts';
import { newTallier, RUN_MS, streamOf } from './listing.ts';

const pageOf = (names: readonly string[], nextToken?: string) => ({
  streams: names.map(streamOf),
  ...(nextToken !== undefined && { nextToken }),
});

/** A region whose list has shown some names and goes on, and whose branches hold others and are done. */
function regionOf(listed: readonly string[], inBranches: readonly string[]) {
  const region = makePart('');
  const evidence = makeEvidence(RUN_MS);
  evidence.note(region, addPage(region, pageOf(listed, 'more'), newTallier));
  branch(region, '');
  for (const part of region.branches!.parts) {
    const names = inBranches.filter((name) => name.startsWith(part.prefix));
    evidence.note(part, addPage(part, pageOf(names), newTallier));
  }
  return { region, evidence };
}

function auditOf(
  { region, evidence }: ReturnType<typeof regionOf>,
  { way = 'branches' as Way, mayAskNames = true, random = () => 0 as number, gone = new Set<string>() } = {},
): Audit {
  return makeAudit({ way, region, evidence, gone, mayAskNames, random });
}

function asked(audit: Audit): string[] {
  const names = [];
  while (audit.hasNext()) names.push(audit.next());
  return names;
}

const names = numbered('a', 50);
const allBut = (...left: number[]) => names.filter((_, index) => !left.includes(index));

describe('a way to the count', () => {
  test('is the list once it is at its end', () => {
    const { region } = regionOf(names, []);
    addPage(region, pageOf([]), newTallier);
    expect(wayOf(region)).toBe('list');
  });

  test('is the branches once they are done and the list has shown one in 50 of what they hold', () => {
    expect(wayOf(regionOf(['a1'], numbered('b', 50)).region)).toBe('branches');
    expect(wayOf(regionOf(['a1'], numbered('b', 51)).region)).toBeUndefined();
  });

  test('is none while a branch is not done, or there are none', () => {
    const region = makePart('');
    addPage(region, pageOf(names, 'more'), newTallier);
    expect(wayOf(region)).toBeUndefined();
    branch(region, '');
    expect(wayOf(region)).toBeUndefined();
  });

  test('is not the branches where the list has shown only what binds nothing, although they hold nothing', () => {
    const region = makePart('');
    addPage(region, pageOf(names, 'more'), newTallier);
    branch(region, '');
    for (const part of region.branches!.parts) addPage(part, pageOf([]), newTallier);
    expect(wayOf(region)).toBeUndefined();
  });
});

describe('branches', () => {
  test('that hold all that was shown are believed', () => {
    expect(auditOf(regionOf(names, names)).verdict()).toBe('believed');
  });

  test('that lack more than one in 20 of it are refuted, and nobody is asked', () => {
    const audit = auditOf(regionOf(names, allBut(1, 2, 3)));
    expect([audit.verdict(), audit.hasNext()]).toEqual(['refuted', false]);
    expect(auditOf(regionOf(names, allBut(1, 2))).verdict()).toBe('open');
  });

  test.each(['ACTIVE', 'DELETING'])(
    'are believed when each stream that they lack is gone, and the control is %s',
    (status) => {
      const audit = auditOf(regionOf(names, allBut(1, 2)));
      const looked = asked(audit);
      expect(looked).toEqual([names[49], names[1], names[2]]);
      audit.answer(names[1]!, pageOf([]));
      audit.answer(names[49]!, { streams: [{ ...streamOf(names[49]!), status }] });
      expect(audit.verdict()).toBe('open');
      audit.answer(names[2]!, pageOf([]));
      expect(audit.verdict()).toBe('believed');
      audit.unanswered();
      expect(audit.verdict()).toBe('believed');
    },
  );

  test('are refuted if one of two streams of a name that they lack is there', () => {
    const before = { ...streamOf('a1'), arn: 'arn:stream/a1/1' };
    const region = regionOf(names, allBut());
    region.evidence.note(region.region, [before, streamOf('a1')]);
    const audit = auditOf(region);
    expect(asked(audit)).toContain('a1');
    audit.answer('a1', pageOf([]));
    const again = auditOf(region);
    asked(again);
    again.answer('a1', { streams: [{ ...streamOf('a1'), status: 'ACTIVE' }] });
    expect(again.verdict()).toBe('refuted');
  });

  test('that a list below them had shown, and they lack, are refuted, also where its first name is their prefix', () => {
    const region = makePart('');
    const evidence = makeEvidence(RUN_MS);
    evidence.note(region, addPage(region, pageOf(['a'], 'more'), newTallier));
    branch(region, '');
    const a = region.branches!.parts.find(({ prefix }) => prefix === 'a')!;
    evidence.note(a, addPage(a, pageOf(['a', 'a1'], 'more'), newTallier));
    branch(a, 'a');
    for (const part of [...region.branches!.parts, ...a.branches!.parts])
      if (part !== a) addPage(part, pageOf([]), newTallier);
    addNamesake(a, [streamOf('a')], newTallier);
    expect(auditOf({ region, evidence }).verdict()).toBe('refuted');
  });

  test('hold streams whose ARNs end in their names', () => {
    const bare = (name: string) => ({ ...streamOf(name), arn: `arn:stream/${name}` });
    const region = makePart('');
    const evidence = makeEvidence(RUN_MS);
    evidence.note(region, addPage(region, { streams: [bare('a'), bare('b')], nextToken: 'more' }, newTallier));
    branch(region, '');
    for (const part of region.branches!.parts) {
      addPage(part, { streams: ['a', 'b'].filter((name) => name === part.prefix).map(bare) }, newTallier);
    }
    expect(auditOf({ region, evidence }).verdict()).toBe('believed');
  });

  test.each([
    ['there under another ARN', { arn: 'arn:stream/a/1' }, 'believed'],
    ['being deleted', { status: 'DELETING' }, 'believed'],
    ['there', {}, 'refuted'],
  ])('that lack a stream which is %s', (_, change, verdict) => {
    const audit = auditOf(regionOf(names, allBut(1)));
    expect(asked(audit)).toEqual([names[49], names[1]]);
    audit.answer(names[49]!, pageOf([names[49]!]));
    audit.answer(names[1]!, { streams: [{ ...streamOf(names[1]!), status: 'ACTIVE', ...change }] });
    expect(audit.verdict()).toBe(verdict);
  });

  test('are refuted where the control is not known, and what comes later changes nothing', () => {
    const audit = auditOf(regionOf(names, allBut(1)));
    asked(audit);
    audit.answer(names[49]!, pageOf([]));
    audit.answer(names[1]!, pageOf([]));
    expect(audit.verdict()).toBe('refuted');
  });

  test('are refuted where no name can be looked up, or is answered any more', () => {
    expect(auditOf(regionOf(names, allBut(1)), { mayAskNames: false }).verdict()).toBe('refuted');
    const audit = auditOf(regionOf(names, allBut(1)));
    audit.unanswered();
    expect([audit.verdict(), audit.hasNext()]).toEqual(['refuted', false]);
  });

  test('are refuted where they hold nothing that was shown, so that there is no control', () => {
    expect(auditOf(regionOf(['a1'], [])).verdict()).toBe('refuted');
  });

  test('lack nothing that an earlier audit found gone', () => {
    const gone = new Set<string>();
    const region = regionOf(names, allBut(1));
    const audit = auditOf(region, { gone });
    for (const name of asked(audit)) audit.answer(name, pageOf(name === names[1] ? [] : [name]));
    expect(audit.verdict()).toBe('believed');
    expect(auditOf(region, { gone }).verdict()).toBe('believed');
    expect(auditOf(region).verdict()).toBe('open');
  });

  test('of which 25 streams in a thousand are not found are asked for 20 of these, drawn at random', () => {
    const many = numbered('a', 1000);
    const lost = new Set(many.slice(100, 125));
    const random = () => 0.999;
    const audit = auditOf(
      regionOf(
        many,
        many.filter((name) => !lost.has(name)),
      ),
      { random },
    );
    const [control, ...sample] = asked(audit);
    expect(lost.has(control!)).toBe(false);
    expect([new Set(sample).size, sample.every((name) => lost.has(name)), sample[0]]).toEqual([20, true, many[124]]);
  });

  test('below branches are looked into as well, and so is the stream that is named like them', () => {
    const region = makePart('');
    const evidence = makeEvidence(RUN_MS);
    evidence.note(region, addPage(region, pageOf(['a', 'a1', 'a2'], 'more'), newTallier));
    branch(region, 'a');
    const a = region.branches!.parts.find(({ prefix }) => prefix === 'a')!;
    for (const part of [...region.branches!.parts, ...a.branches!.parts]) {
      if (part === a) continue;
      addPage(part, pageOf(['a1', 'a2'].filter((name) => name === part.prefix)), newTallier);
    }
    addNamesake(a, [], newTallier);
    const audit = makeAudit({ way: 'branches', region, evidence, gone: new Set(), mayAskNames: true, random: () => 0 });
    // One of three is more than one in 20.
    expect(audit.verdict()).toBe('refuted');
    a.branches!.namesake.tallier!.add(streamOf('a'));
    expect(auditOf({ region, evidence }).verdict()).toBe('believed');
  });
});

describe('the list of a region', () => {
  /** Its branches have shown some names before the list came to its end. */
  function listed(inList: readonly string[], inBranches: readonly string[]) {
    const region = regionOf(inList, inBranches);
    region.evidence.note(region.region, addPage(region.region, pageOf([]), newTallier));
    return region;
  }

  test('that holds all that branches have shown is believed, and its own pages are no evidence against it', () => {
    expect(auditOf(listed(names, names.slice(0, 5)), { way: 'list' }).verdict()).toBe('believed');
    expect(auditOf(listed(names, []), { way: 'list' }).verdict()).toBe('believed');
  });

  test('may lack up to 20 streams that are gone, however few were shown, without a control', () => {
    const audit = auditOf(listed(allBut(1, 2), names.slice(0, 4)), { way: 'list' });
    expect(asked(audit)).toEqual([names[1], names[2]]);
    audit.answer(names[1]!, pageOf([]));
    audit.answer(names[2]!, pageOf([]));
    expect(audit.verdict()).toBe('believed');
  });

  test('is refuted if one of them is there, or more are missing', () => {
    const audit = auditOf(listed(allBut(1), names.slice(0, 4)), { way: 'list' });
    audit.answer(audit.next(), pageOf([names[1]!]));
    expect(audit.verdict()).toBe('refuted');
    expect(auditOf(listed(['b'], names.slice(0, 20)), { way: 'list' }).verdict()).toBe('open');
    expect(auditOf(listed(['b'], names.slice(0, 21)), { way: 'list' }).verdict()).toBe('refuted');
  });

  test('is believed where no name can be looked up', () => {
    expect(auditOf(listed(allBut(1), names.slice(0, 4)), { way: 'list', mayAskNames: false }).verdict()).toBe(
      'believed',
    );
  });
});

describe('while a region is listed', () => {
  const question = (part: Part, about: Question['about'] = 'page'): Question => ({ part, about, request: {} });

  /** Branches that lack the second name, and are done; their spot check has found nothing. */
  function aRegion(inBranches: readonly string[] = allBut(1)) {
    const region = makePart('');
    const audits = makeAudits(region, RUN_MS, () => 0);
    const page = (part: Part, shown: readonly string[], nextToken?: string, about?: Question['about']) =>
      audits.shown(question(part, about), addPage(part, pageOf(shown, nextToken), newTallier));
    page(region, names, 'more');
    branch(region, '');
    for (const part of region.branches!.parts)
      page(
        part,
        inBranches.filter((name) => name.startsWith(part.prefix)),
      );
    return { region, audits, page };
  }

  test('there is no verdict before the spot checks are answered', () => {
    const { audits, page } = aRegion(names);
    expect(audits.verdict()).toBe('open');
    const check = audits.next()!();
    expect(check).toMatchObject({ about: 'check', request: { prefix: 'a0005' } });
    expect([audits.next(), audits.verdict()]).toEqual([undefined, 'open']);
    page(check.part, ['a00050'], undefined, 'check');
    expect(audits.verdict()).toBe('believed');
  });

  test('what a spot check shows, and the branches do not hold, is held against them', () => {
    const { audits, page } = aRegion(names);
    const check = audits.next()!();
    page(check.part, ['a00051', 'a00052', 'a00053'], undefined, 'check');
    expect(audits.verdict()).toBe('refuted');
  });

  test('what is told of a stream that is named like a prefix is held against them', () => {
    const { audits, page } = aRegion(names);
    page(audits.next()!().part, [], undefined, 'check');
    audits.told('a', [streamOf('a')]);
    expect(audits.verdict()).toBe('open');
    expect([audits.next()!().request.name, audits.next()!().request.name]).toEqual([names[49], 'a']);
  });

  test('what is shown while streams are looked up is held against them, and what is gone is not looked up again', () => {
    const { region, audits, page } = aRegion();
    page(audits.next()!().part, [], undefined, 'check');
    expect(audits.verdict()).toBe('open');
    for (const name of [names[49]!, names[1]!]) {
      expect(audits.next()!()).toMatchObject({ about: 'lookup', request: { name } });
      if (name === names[1]) page(region, ['b1', 'b2'], 'and more');
      audits.answer(name, pageOf(name === names[1] ? [] : [name]));
    }
    // 2 of 52.
    expect(audits.verdict()).toBe('open');
    const looked = [audits.next()!(), audits.next()!(), audits.next()!()].map(({ request }) => request.name);
    expect([looked, audits.next()]).toEqual([[names[49], 'b1', 'b2'], undefined]);
  });

  test('a verdict without the names is the branches refuted', () => {
    const { audits, page } = aRegion();
    page(audits.next()!().part, [], undefined, 'check');
    audits.verdict();
    audits.withoutNames();
    expect([audits.verdict(), audits.next()]).toEqual(['refuted', undefined]);
  });

  test('a verdict that waits for answers goes on waiting for the same', () => {
    const { audits, page } = aRegion();
    page(audits.next()!().part, [], undefined, 'check');
    audits.answer(names[1]!, pageOf([]));
    audits.verdict();
    expect(audits.next()!().request.name).toBe(names[49]);
    audits.verdict();
    expect(audits.next()!().request.name).toBe(names[1]);
    audits.verdict();
    expect(audits.next()).toBeUndefined();
  });

  test('without names there is no question for one, whenever that became known', () => {
    const { audits, page } = aRegion();
    audits.withoutNames();
    page(audits.next()!().part, [], undefined, 'check');
    expect([audits.verdict(), audits.next()]).toEqual(['refuted', undefined]);
  });

  test('only lists by prefix that have ended are looked into', () => {
    const region = makePart('');
    const audits = makeAudits(region, RUN_MS, () => 0);
    audits.shown(question(region), addPage(region, pageOf(names, 'more'), newTallier));
    branch(region, '');
    const a = region.branches!.parts.find(({ prefix }) => prefix === 'a')!;
    audits.shown(question(a), addPage(a, pageOf(names, 'more'), newTallier));
    expect(audits.next()).toBeUndefined();
    audits.shown(question(region), addPage(region, pageOf([]), newTallier));
    expect(audits.next()).toBeUndefined();
  });

  test('once branches are given up, nothing of them is asked, and the list is the count when it ends', () => {
    const { region, audits, page } = aRegion([...names, 'b1', 'b2']);
    region.branches = undefined;
    audits.withoutBranches();
    expect([audits.verdict(), audits.next()]).toEqual(['open', undefined]);
    page(region, []);
    expect(audits.verdict()).toBe('believed');
  });
});
