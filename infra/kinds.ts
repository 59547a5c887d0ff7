/**
 * What the template has once for each kind that is counted beside streams: of-each-kind.yml is written once, and stands in the
 * template for every kind that the code knows. So a further kind has its alarms as soon as the code knows it. Pure:
 * infra/plugins/of-each-kind.cjs asks it.
 */
import { descriptorOf, KINDS, type Kind, STREAMS } from '../src/census/kinds.ts';
import { idOf } from '../src/cli/local/counted.ts';

/** What can be counted beside streams. */
export const OTHER_KINDS = KINDS.filter((kind) => kind !== STREAMS);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** The sections of a template, by their names. */
type Parts = Record<string, Record<string, Json>>;

/** As the parameter `kinds` lists them. */
export function kindsIn(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}

/** @param list the parameter `kinds` */
export function partsOfEachKind(model: Parts, list: string): Parts {
  const counted = kindsIn(list);
  const parts = OTHER_KINDS.map((kind) => partsOf(model, kind, counted.includes(kind)));
  return Object.fromEntries(
    Object.keys(model).map((section) => [section, Object.assign({}, ...parts.map((one) => one[section]))]),
  );
}

function partsOf(model: Parts, kind: Kind, isCounted: boolean): Parts {
  const { words, regions, quota } = descriptorOf(kind);
  const replacements = {
    '<kind>': kind,
    '<Kinds>': idOf(kind),
    '<many>': words.many,
    '<service>': regions.service,
    '<on or off>': isCounted ? 'on' : 'off',
    '"<what listing takes>"': JSON.stringify(listing(kind)),
  };
  const text = Object.entries(replacements).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    JSON.stringify(model),
  );
  const parts = JSON.parse(text) as Parts;
  return quota === undefined ? withoutQuota(parts) : parts;
}

/** What watches a quota that nothing has would never say anything. */
function withoutQuota(parts: Parts): Parts {
  const sections = Object.entries(parts).map(([section, all]) => {
    const kept = Object.entries(all).filter(([name]) => !/^Quotas?Of/.test(name));
    return [section, Object.fromEntries(kept)];
  });
  return Object.fromEntries(sections);
}

/**
 * To list takes all there is, since AWS knows no resource for it; of one by its name, only what is of that kind is asked. Without
 * the latter a count is the same, and only takes longer; without its quota, how full a region is stays unknown.
 */
function listing(kind: Kind): Json {
  const {
    actions: [list, ...others],
    arnType,
    quota,
  } = descriptorOf(kind);
  const [service] = list.split(':');
  const arn = `arn:\${AWS::Partition}:${service}:*:\${AWS::AccountId}:${arnType}/*`;
  return [
    { Sid: 'List', Effect: 'Allow', Action: list, Resource: '*' },
    ...(others.length === 0
      ? []
      : [{ Sid: 'Describe', Effect: 'Allow', Action: others, Resource: { 'Fn::Sub': arn } }]),
    ...(quota === undefined
      ? []
      : [
          {
            Sid: 'ReadQuota',
            Effect: 'Allow',
            Action: 'servicequotas:GetServiceQuota',
            Resource: {
              'Fn::Sub': `arn:\${AWS::Partition}:servicequotas:*:\${AWS::AccountId}:${quota.service}/${quota.code}`,
            },
          },
        ]),
  ];
}
