/** What a person could not read of a page. Both run in the browser. */

/** Texts in these parts that reach beyond the screen. */
export const beyondScreen = (selectors: string) => `[...document.querySelectorAll(${JSON.stringify(selectors)})]
  .filter((one) => one.textContent !== '' && one.getClientRects().length > 0)
  .filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < 0 || right > innerWidth + 0.5; })
  .map((one) => one.className + ': ' + one.textContent.slice(0, 40))`;

/** Texts whose contrast to their ground is below 4.5 to 1 (WCAG 2, AA; 3 to 1 for large ones). */
export const FAINT_TEXTS = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((one) => one / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || one.getClientRects().length === 0 || one.matches(':disabled, option, script')) continue;
    const style = getComputedStyle(one);
    const [a, b] = [luminance(parse(style.color)), luminance(groundOf(one))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (contrast < least) faint.push(one.className + ' ' + one.textContent.slice(0, 30) + ' ' + contrast.toFixed(2));
  }
  return faint;
})()`;
