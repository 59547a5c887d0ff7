/** What is there until somebody has signed in. */
import './card.css';
import { button, el, icon } from '../dom.ts';

type Options = {
  /** Where one signs in. */
  host: string;
  onSignIn: () => void;
};

export function makeSignInCard({ host, onSignIn }: Options) {
  const problem = el('span');
  const banner = el('p', { class: 'banner', role: 'alert', hidden: true }, icon('partial'), problem);
  const status = el('p', { class: 'note', role: 'status' });
  const signIn = button('sign-in', 'Sign in', onSignIn);
  const element = el(
    'main',
    { class: 'door' },
    el(
      'section',
      { class: 'card', 'aria-labelledby': 'door-title' },
      el('p', { class: 'name' }, el('span', { class: 'logo', 'aria-hidden': 'true' }), 'kvs-census'),
      el('h1', { id: 'door-title' }, 'How many streams there are, and what is missing from the number'),
      banner,
      signIn,
      status,
    ),
  );
  return {
    element,
    /**
     * @param says what is in the way, in one sentence
     * @param waits what is waited for; `null`: for somebody to sign in
     */
    show(says: string | null, waits: string | null) {
      banner.hidden = says === null;
      problem.textContent = says;
      signIn.hidden = waits !== null;
      status.textContent = waits ?? `at ${host}`;
    },
  };
}
