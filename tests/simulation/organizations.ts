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

  function page(token = '0'): { Accounts: object[]; NextToken?: string } {
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
        return { Accounts: [] };
      case 'nonsense':
        return { Accounts: [{ Id: 'nobody', Name: 'nobody' }] };
      case 'same token':
        return { Accounts: told().slice(0, PAGE).map(asSent), NextToken: 'secret-token' };
      default: {
        const from = Number(token);
        // A token of the time when something was wrong: no service takes one that it does not know for the end of the list.
        if (Number.isNaN(from)) throw new Refusal('InvalidInputException', 400);
        const all = told();
        const next = from + PAGE < all.length ? String(from + PAGE) : undefined;
        return { Accounts: all.slice(from, from + PAGE).map(asSent), ...(next && { NextToken: next }) };
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
        const answer = page(command.input.NextToken);
        // As it is when it is answered: by the time it is heard something else may be wrong.
        const isWhole = answer.NextToken === undefined && !['empty', 'nonsense'].includes(troubleNow() ?? '');
        return { answer, list: isWhole ? { atMs: time.nowMs(), accounts: told() } : undefined };
      },
    });
    if (list !== undefined) history.lists.push({ ...list, invocation: process.invocation });
    return answer;
  }

  return { send } as unknown as OrganizationsClient;
}
