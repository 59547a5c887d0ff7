/** The documents that agents get. */
import type { DiffAnswer } from '../../answers/diff.ts';
import type { ExplainAnswer } from '../../answers/explain.ts';
import type { HeadroomAnswer } from '../../answers/headroom.ts';
import type { LatestAnswer } from '../../answers/latest.ts';
import type { AccountsAnswer } from '../../answers/organization/accounts.ts';
import type { OrganizationDiffAnswer } from '../../answers/organization/diff.ts';
import type { OrganizationExplainAnswer } from '../../answers/organization/explain.ts';
import type { OrganizationHeadroomAnswer } from '../../answers/organization/headroom.ts';
import type { OrganizationLatestAnswer } from '../../answers/organization/latest.ts';
import type { OrganizationRunSummary } from '../../answers/organization/run-summary.ts';
import type { OrganizationRunsAnswer } from '../../answers/organization/runs.ts';
import type { RegionAnswer } from '../../answers/region.ts';
import type { RunSummary } from '../../answers/run-summary.ts';
import type { RunsAnswer } from '../../answers/runs.ts';

export type Document =
  | LatestAnswer
  | RunsAnswer
  | ExplainAnswer
  | RegionAnswer
  | DiffAnswer
  | HeadroomAnswer
  | OrganizationLatestAnswer
  | OrganizationRunsAnswer
  | OrganizationExplainAnswer
  | OrganizationDiffAnswer
  | OrganizationHeadroomAnswer
  | AccountsAnswer;

export type Summary = RunSummary | OrganizationRunSummary;
