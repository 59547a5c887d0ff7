/** As planted.test.ts: bugs in what came after settling, and in what is done beside a count. */
import { caughtAfter, endPlanting, SCHEDULES } from './catching.ts';
import { CHURN_BUGS } from './churn-bugs.ts';
import { KIND_BUGS } from './kind-bugs.ts';
import { PLAN_BUGS } from './plan-bugs.ts';
import { QUICK_BUGS } from './quick-bugs.ts';
import { QUOTA_BUGS } from './quota-bugs.ts';

afterAll(endPlanting);

test.each([...PLAN_BUGS, ...QUICK_BUGS, ...CHURN_BUGS, ...QUOTA_BUGS, ...KIND_BUGS])(
  '$caughtBy notices that $name',
  async (bug) => {
    expect(await caughtAfter(bug)).toBeLessThanOrEqual(SCHEDULES);
  },
);
