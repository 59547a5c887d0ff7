/** The page where the API is. It knows nothing until somebody has signed in, and then what any page knows that a server answers. */
import { censusIdOf } from '../../census/census-id.ts';
import type { Newest, SignIn } from './model.ts';
import { openPage } from './page.ts';
import { type Bearer, makeBearer } from './sign-in/bearer.ts';
import { makeSignInCard } from './sign-in/card.ts';
import { comeBack, isReturn, pageOf, type Tab, takeBegun, wayOut, wayToIssuer } from './sign-in/flow.ts';
import { hostOf } from './sign-in/problem.ts';
import { readFirst } from './source.ts';

/** Every look is a request to the API, which is paid for and has a limit that all who look share. */
const BUSY_MS = 3000;
const CALM_MS = 10_000;

const { signIn } = JSON.parse(document.getElementById('data')?.textContent ?? '') as { signIn: SignIn };
const card = makeSignInCard({ host: hostOf(signIn.issuer), onSignIn: begin });

/** As it is by now: what is to be seen stands behind its #. */
const tab = (): Tab => ({ address: new URL(location.href), kept: () => sessionStorage });

function begin(): void {
  card.show(null, 'One moment …');
  leave().catch(({ message }: Error) => card.show(message, null));
}

/** @throws SignInProblem */
async function leave(): Promise<void> {
  location.assign(await wayToIssuer(signIn, tab()));
}

/** Nothing of what was read stays in this tab. */
async function signOut(bearer: Bearer): Promise<void> {
  bearer.forget();
  document.body.replaceChildren(card.element);
  card.show(null, 'Signing out …');
  location.replace((await wayOut(signIn, tab())) ?? pageOf(tab().address));
}

/** The code goes out of the address before anything else, and what was to be seen into it, whatever comes of the sign-in. */
async function enter(): Promise<void> {
  const { address, kept } = tab();
  history.replaceState(null, '', pageOf(address));
  card.show(null, 'Signing in …');
  const begun = takeBegun({ kept });
  history.replaceState(null, '', `${pageOf(address)}${begun.hash}`);
  const bearer = makeBearer(signIn, await comeBack(signIn, address, begun));
  card.show(null, 'Reading what is known …');
  const newest = await untilAnswered(bearer);
  card.element.remove();
  await openPage(
    { form: 'live', censusId: censusIdOf(newest.accountId, newest.kind), newest, problem: null },
    {
      ask: bearer.ask,
      busyMs: BUSY_MS,
      calmMs: CALM_MS,
      session: { isOver: bearer.isOver, signIn: leave, signOut: () => void signOut(bearer) },
    },
  );
}

/** @throws Error where the API does not accept the token: asking once more is of no use */
async function untilAnswered({ ask, isOver }: Bearer): Promise<Newest> {
  for (;;) {
    try {
      return await readFirst(ask);
    } catch (error) {
      if (isOver()) throw error;
      card.show((error as Error).message, 'Trying again …');
    }
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
  }
}

// Whoever goes back to it finds the door, and not what a browser has kept of the page that was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
document.body.append(card.element);
card.show(null, null);
if (isReturn(tab().address)) enter().catch(({ message }: Error) => card.show(message, null));
