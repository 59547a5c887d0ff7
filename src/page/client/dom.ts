/** Elements are made of text and other elements, never of markup: what came from the ledger stays text. */
type Child = Node | string | null | false;

type Attributes = Readonly<Record<string, string | boolean | null>>;

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag: string, attributes: Attributes, ...children: Child[]): SVGElement {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(isThere));
  return element;
}

export function button(name: string, label: string, onClick: () => void): HTMLButtonElement {
  const made = el('button', { type: 'button', class: name }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** Gives an element these children, and leaves alone those that it has already: they may have the focus, or be selected. */
export function refill(element: HTMLElement, ...children: Child[]): void {
  const fresh = [...el('div', {}, ...children).childNodes];
  const { length } = fresh;
  fresh.forEach((child, at) => {
    const old = element.childNodes[at];
    if (old === undefined) element.append(child);
    else if (!old.isEqualNode(child)) old.replaceWith(child);
  });
  while (element.childNodes.length > length) element.lastChild?.remove();
}

/** "a, b and c", and no name is torn apart where a line ends: it has dashes. */
export function listed(names: readonly string[]): (HTMLElement | string)[] {
  return names.flatMap((name, at) => {
    const link = at === 0 ? '' : at === names.length - 1 ? ' and ' : ', ';
    return [link, el('span', { class: 'whole' }, name)];
  });
}

const isThere = (child: Child) => child !== null && child !== false;

/** A length as a share of the largest, for the style sheet. A style attribute would be against the page's policy. */
export function withShare<Made extends HTMLElement>(element: Made, share: number): Made {
  element.style.setProperty('--share', String(share));
  return element;
}

const SHAPES = {
  complete: 'M3.5 8.5l3 3 6-7',
  partial: 'M8 1.8L15 14H1zM8 6v4M8 11.6v.8',
  open: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M8 4.5V8l2.5 1.8',
  older: 'M10 3L5 8l5 5',
  newer: 'M6 3l5 5-5 5',
  newest: 'M4 3l5 5-5 5M12 3v10',
};

export type Shape = keyof typeof SHAPES;

/** Only ever beside a text that says the same. */
export function icon(shape: Shape): SVGElement {
  const path = svg('path', {
    d: SHAPES[shape],
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.8',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
  return svg('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' }, path);
}

/** A titled part of the page. */
export function card(name: string, title: string, ...children: Child[]): HTMLElement {
  const heading = el('h2', { id: `${name}-title` }, title);
  return el('section', { class: `card ${name}`, 'aria-labelledby': `${name}-title` }, heading, ...children);
}
