import type { OrganizationStory } from '../../organization-story.ts';

/** For one account by one invocation: what is kept lasts longer than most of them, and who is refused asks once more. */
const SESSIONS_ASKED = 8;

/** Nobody asks without end for the accounts, nor for a session in one. */
export function* boundedOfOrganization({ whole }: OrganizationStory) {
  const asked = new Map<string, number>();
  for (const { account, invocation } of whole.access) {
    const name = `${invocation.of} no. ${invocation.nth} for a session in ${account}`;
    asked.set(name, (asked.get(name) ?? 0) + 1);
  }
  for (const [name, times] of asked) if (times > SESSIONS_ASKED) yield `${times} times asked ${name}.`;
  const pages = whole.requests.filter(({ site }) => site === 'dispatcher.readAccounts');
  const most = 10 * Math.max(1, new Set(pages.map(({ by }) => by)).size);
  if (pages.length > most) yield `${pages.length} times asked for the accounts.`;
}
