import { BUGS } from './bugs.ts';
import { CHURN_BUGS } from './churn-bugs.ts';
import { KIND_BUGS } from './kind-bugs.ts';
import { LEDGER_BUGS } from './ledger-bugs.ts';
import { ORGANIZATION_BUGS } from './organization-bugs.ts';
import { PLAN_BUGS } from './plan-bugs.ts';
import { QUICK_BUGS } from './quick-bugs.ts';
import { QUOTA_BUGS } from './quota-bugs.ts';

export const ALL_BUGS = [
  ...BUGS,
  ...LEDGER_BUGS,
  ...PLAN_BUGS,
  ...QUICK_BUGS,
  ...CHURN_BUGS,
  ...QUOTA_BUGS,
  ...KIND_BUGS,
  ...ORGANIZATION_BUGS.map((bug) => ({ ...bug, among: 'organizations' as const })),
];
