/**
 * Environments in which one invocation of a function follows the other. What a process keeps in memory lasts from one to the next:
 * sessions in other accounts.
 */
import type { Caller } from '../judging/history.ts';
import { EXTERNAL_ID, MEMBER_ROLE, makeStsClient } from './access.ts';
import type { Process, Surroundings } from './process.ts';
import type { Product } from './product.ts';
import type { Schedule } from './schedule.ts';

export type Sessions = ReturnType<Product['makeSessions']>;

type Environment = { sessions: Sessions; begin: (process: Process) => void };

/** Gives what does some work of an invocation in an environment: one that nothing goes on in, or a new one. */
export function makeEnvironments(product: Product, schedule: Schedule, surroundings: Surroundings) {
  const idle = new Map<Caller, Environment[]>();
  return async <T>(process: Process, work: (sessions: Sessions) => Promise<T>): Promise<T> => {
    const { of } = process.invocation;
    const known = idle.get(of) ?? [];
    idle.set(of, known);
    const environment = known.pop() ?? makeEnvironment(product, schedule, surroundings);
    environment.begin(process);
    try {
      return await work(environment.sessions);
    } finally {
      // Of a process that dies the work does not end.
      known.push(environment);
    }
  };
}

function makeEnvironment(product: Product, schedule: Schedule, surroundings: Surroundings): Environment {
  let current: Process;
  /** What an invocation asked for and did not wait for: who comes next finds its time over. */
  let abandon: ((reason: unknown) => void)[] = [];
  const sts = {
    send(...asked: Parameters<ReturnType<typeof makeStsClient>['send']>) {
      const over = Promise.withResolvers<never>();
      abandon.push(over.reject);
      return Promise.race([makeStsClient(schedule, current, surroundings).send(...asked), over.promise]);
    },
  };
  const options = { sts: sts as never, roleName: MEMBER_ROLE, externalId: EXTERNAL_ID, partition: 'aws' };
  return {
    sessions: product.makeSessions({ ...options, nowMs: () => current.clock.nowMs() }),
    begin(process) {
      current = process;
      for (const reject of abandon) reject(Object.assign(new Error('secret-message'), { name: 'TimeoutError' }));
      abandon = [];
    },
  };
}
