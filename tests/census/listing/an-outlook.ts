/** An outlook that learns page after page, as the engine lets it: for the tests of what is guessed and planned. */
import { makeOutlook, type Outlook } from '../../../src/census/listing/outlook.ts';
import { addPage, branch, makePart, type Part } from '../../../src/census/listing/parts.ts';
import { askForPage } from '../../../src/census/listing/questions.ts';
import { newTallier, streamOf } from './listing.ts';

/** `b000` to `b029`, three pages of ten that go on: `b`, and then a digit, is all that is known of the names. */
const TEN = Array.from({ length: 10 }, (_, index) => index);

export const tenNames = (start: string) => TEN.map((digit) => `${start}${digit}`);

/** The part of this prefix; without one, the region. */
export function find({ region }: Outlook, prefix = ''): Part {
  let { part } = region;
  while (part.prefix !== prefix) part = part.branches!.parts.find((each) => prefix.startsWith(each.prefix))!;
  return part;
}

/** The next page of a part's own list. */
export function list(outlook: Outlook, prefix: string, names: readonly string[], isLast = false): void {
  const part = find(outlook, prefix);
  askForPage(part);
  const page = { streams: names.map(streamOf), ...(!isLast && { nextToken: `${prefix}${part.pages}` }) };
  addPage(part, page, newTallier);
  outlook.answered(part, page);
}

export function aListOf(pages: number): Outlook {
  const outlook = makeOutlook(makePart(''));
  for (let page = 0; page < pages; page += 1) list(outlook, '', tenNames(`b${page}`));
  return outlook;
}

/** Three pages, and a branch for each first letter; of `b`, one for each second letter. */
export function withBranches(): Outlook {
  const outlook = aListOf(3);
  branch(find(outlook), 'b');
  return outlook;
}

/** Lists all branches of the region to their end, but for some. */
export function listOthers(outlook: Outlook, ...but: string[]): void {
  for (const { prefix } of find(outlook).branches!.parts) if (!but.includes(prefix)) list(outlook, prefix, [], true);
}
