/** The trend's colours and letters: the style sheet's, so that they follow the reader's scheme. */
export type Palette = Record<'line' | 'gap' | 'quiet' | 'chosen' | 'ground' | 'strip' | 'font', string>;

export function paletteOf(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: colour('--accent'),
    gap: colour('--partial'),
    quiet: colour('--quiet'),
    chosen: colour('--ink'),
    ground: colour('--card'),
    strip: colour('--track'),
    font: style.fontFamily,
  };
}
