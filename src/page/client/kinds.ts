/** The switch of kinds: what the newest total of each says, whichever of them the page shows. */
import './kinds.css';
import { capital, number } from '../../answers/words.ts';
import { descriptorOf, type Kind } from '../../census/kinds.ts';
import { el, icon, refill } from './dom.ts';
import type { Newest } from './model.ts';

type KindLine = Newest['kinds'][number];

export type KindsModel = {
  kinds: readonly KindLine[];
  shown: Kind;
  /** Where the page shows a kind. */
  hrefOf: (kind: Kind) => string;
};

export function makeKinds() {
  const list = el('ul');
  const element = el('nav', { class: 'kinds', 'aria-label': 'What is counted' }, list);
  const links = new Map<Kind, HTMLAnchorElement>();

  /** The same element for as long as the page is open: it may have the focus. */
  function linkOf(kind: Kind): HTMLAnchorElement {
    const link = links.get(kind) ?? el('a', { 'data-kind': kind });
    links.set(kind, link);
    return link;
  }

  return {
    element,
    /** Hidden where there is nothing to choose from. */
    show({ kinds, shown, hrefOf }: KindsModel) {
      element.hidden = kinds.every(({ kind }) => kind === shown);
      for (const line of kinds) {
        const link = linkOf(line.kind);
        link.setAttribute('href', hrefOf(line.kind));
        if (line.kind === shown) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
        refill(link, ...kindParts(line));
      }
      const items = kinds.map(({ kind }) => linkOf(kind));
      if (
        items.some((link, at) => list.children[at]?.firstElementChild !== link) ||
        list.children.length !== items.length
      )
        list.replaceChildren(...items.map((link) => el('li', {}, link)));
    },
  };
}

function kindParts({ kind, verdict, streams, counted, expected }: KindLine): (HTMLElement | string)[] {
  const name = el('span', { class: 'kind-name' }, capital(descriptorOf(kind).words.many));
  const state = verdict ?? 'open';
  const words = { complete: 'complete', partial: `partial ${counted}/${expected}`, open: 'no total yet' }[state];
  const digits = streams === null ? '–' : `${number(streams)}${state === 'partial' ? ' + ?' : ''}`;
  const mark = el('span', { class: `kind-verdict is-${state}` }, icon(state), words);
  return [name, ' ', el('strong', {}, digits), ' ', mark];
}
