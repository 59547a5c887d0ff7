/** Commands that can be pasted where the page stands, each with a button that copies it. */
import './command.css';
import { el } from './dom.ts';

/** Says that something was copied, to those who look and to those who listen. */
export const copied = el('p', { class: 'copied', role: 'status' });

const SEEN_MS = 4000;
let hiding: ReturnType<typeof setTimeout> | undefined;

export function command(words: string): HTMLElement {
  const code = el('code', {}, ...words.split(' ').flatMap((word, at) => [at > 0 && ' ', el('span', {}, word)]));
  const label = `Copy the command ${words}`;
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': label, title: label }, 'Copy');
  button.addEventListener('click', async () => {
    tell(
      (await copy(words, code)) ? `Copied: ${words}` : 'The browser lets nothing be copied: it is selected instead.',
    );
  });
  return el('span', { class: 'command' }, code, button);
}

/** A sentence; what stands in it `like this` is a command. */
export function withCommands(sentence: string): (HTMLElement | string)[] {
  return sentence.split('`').map((part, at) => (at % 2 === 0 ? part : command(part)));
}

function tell(sentence: string): void {
  copied.textContent = sentence;
  copied.classList.add('is-seen');
  clearTimeout(hiding);
  hiding = setTimeout(() => copied.classList.remove('is-seen'), SEEN_MS);
}

/** Whether it is on the clipboard. Where the browser refuses, it is at least selected. */
async function copy(words: string, code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
