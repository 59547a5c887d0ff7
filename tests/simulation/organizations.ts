/** AWS Organizations, in the name of one process: what src/aws sends to, and everything that it may answer. */
import { ListAccountsCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { type ListTrouble, listedAt } from './organization.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import type { Schedule } from './schedule.ts';
import { Refusal } from './video.ts';

/** So few that there are always several pages. */
const PAGE = 2;
const SLOW_MS = 1000;
const FOR_EVER_MS = 24 * 3_600_000;

type Listed = ReturnType<typeof listedAt>;

/** As the service words it: the newer field, and the older one. */
const asSent = ({ accountId, name, state }: Listed[number]) => ({
  Id: accountId,
  Name: name,
  Email: 'secret-mail@example.com',
  State: { suspended: 'SUSPENDED', closed: 'CLOSED', active: 'ACTIVE' }[state ?? 'active'],
  Status: state === undefined ? 'ACTIVE' : 'SUSPENDED',
});

export function makeOrganizationsClient(
  schedule: Schedule,
  process: Process,
  { time, history, faults }: Surroundings,
): OrganizationsClient {
  const { organization } = schedule;
  const sinceStartS = () => (time.nowMs() - history.startMs) / 1000;

  const troubleNow = (): ListTrouble | undefined =>
    faults.areHealed() ? undefined : organization?.list?.find(({ untilS }) => sinceStartS() < untilS)?.how;

  /** The whole list as it is told, which may be a lie. */
  function told(): Listed {
    const all = listedAt(organization!, sinceStartS());
    const [last, ...rest] = [...all].reverse();
    switch (troubleNow()) {
      case 'leaves out':
        return rest.length === 0 ? all : rest.reverse();
      case 'leaves out all':
        return all.slice(1);
      case 'calls suspended':
        return rest.length === 0 ? all : [...rest.reverse(), { ...last!, state: 'suspended' }];
      default:
        return all;
    }
  }

  /** By its token, where a list goes on: as it was told when it was begun, whatever is wrong meanwhile. */
  const begun = new Map<string, { list: Listed; from: number }>();

  /** `whole`: the list that this page ends. */
  function page(token?: string): { answer: { Accounts: object[]; NextToken?: string }; whole?: Listed } {
    switch (troubleNow()) {
      case 'denied':
        throw new Refusal('AccessDeniedException', 400);
      case 'throttled':
        throw new Refusal('TooManyRequestsException', 400);
      case 'server-error':
        throw new Refusal('ServiceException', 500);
      case 'hang':
        throw new SlowError(undefined, FOR_EVER_MS);
      case 'empty':
        return { answer: { Accounts: [] } };
      case 'nonsense':
        return { answer: { Accounts: [{ Id: 'nobody', Name: 'nobody' }] } };
      case 'same token':
        return { answer: { Accounts: told().slice(0, PAGE).map(asSent), NextToken: 'secret-token' } };
      default: {
        const place = token === undefined ? { list: told(), from: 0 } : begun.get(token);
        // A token of the time when something was wrong: no service takes one that it does not know for the end of the list.
        if (place === undefined) throw new Refusal('InvalidInputException', 400);
        const { list, from } = place;
        const Accounts = list.slice(from, from + PAGE).map(asSent);
        if (from + PAGE >= list.length) return { answer: { Accounts }, whole: list };
        const NextToken = `secret-token-${begun.size}`;
        begun.set(NextToken, { list, from: from + PAGE });
        return { answer: { Accounts, NextToken } };
      }
    }
  }

  async function send(command: ListAccountsCommand, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    if (!(command instanceof ListAccountsCommand))
      throw new Error('The simulated Organizations do not know this command.');
    const { answer, list } = await process.request({
      service: 'organizations',
      name: 'readAccounts',
      signal: abortSignal,
      tookMs: troubleNow() === 'slow' ? SLOW_MS : 0,
      carryOut() {
        const { answer, whole } = page(command.input.NextToken);
        // As it is when it is answered: by the time it is heard something else may be wrong.
        return { answer, list: whole && { atMs: time.nowMs(), accounts: whole } };
      },
    });
    if (list !== undefined) history.lists.push({ ...list, invocation: process.invocation });
    return answer;
  }

  return { send } as unknown as OrganizationsClient;
}
