/** `npm run cost`: what a deployment costs a month, for the numbers given. */
import { parseArgs } from 'node:util';
import { type Deployment, printCost, USUAL } from './cost.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const USAGE = `npm run cost -- [options]

  --runs N              runs a month, of each kind (${USUAL.runs})
  --kinds N             kinds that are counted, as the parameter kinds (${USUAL.kinds})
  --accounts N          accounts that are counted, as the parameter accounts (${USUAL.accounts})
  --regions N           regions that a run counts (${USUAL.regions})
  --pages N             calls a region takes, of at most 1,000 streams each (${USUAL.pages})
  --partial-runs N      runs a month that end as partial (${USUAL.partialRuns})
  --retention-days N    as the parameter retentionDays (${USUAL.retentionDays})
  --no-name-prefixes    as the parameter namePrefixes=off
  --metrics KIND        totals, regions, accounts or off (${USUAL.metrics})
  --optional-alarms N   of the alarms drop and partial, how many are on (${USUAL.optionalAlarms})
  --dashboard           with the dashboard
  --tracing             with X-Ray
  --emails N            subscribers of the totals by e-mail (${USUAL.emails})
  --requests N          requests to the API a month, if it is on (${USUAL.requests})
`;

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{
        runs: text,
        kinds: text,
        accounts: text,
        regions: text,
        pages: text,
        'partial-runs': text,
        'retention-days': text,
        metrics: text,
      },
      ...{
        'optional-alarms': text,
        emails: text,
        requests: text,
        'no-name-prefixes': flag,
        dashboard: flag,
        tracing: flag,
        help: flag,
      },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const number = (
    name:
      | 'runs'
      | 'kinds'
      | 'accounts'
      | 'regions'
      | 'pages'
      | 'partial-runs'
      | 'retention-days'
      | 'optional-alarms'
      | 'emails'
      | 'requests',
    usual: number,
    least = 0,
  ) => {
    const given = values[name];
    if (given === undefined) return usual;
    if (/^\d+$/.test(given) && Number(given) >= least) return Number(given);
    throw new Error(`--${name} is ${JSON.stringify(given)}; expected a whole number from ${least} up.`);
  };
  process.stdout.write(
    printCost({
      runs: number('runs', USUAL.runs),
      kinds: number('kinds', USUAL.kinds, 1),
      accounts: number('accounts', USUAL.accounts, 1),
      regions: number('regions', USUAL.regions),
      pages: number('pages', USUAL.pages),
      partialRuns: number('partial-runs', USUAL.partialRuns),
      retentionDays: number('retention-days', USUAL.retentionDays),
      namePrefixes: values['no-name-prefixes'] !== true,
      metrics: metricsOf(values.metrics),
      optionalAlarms: number('optional-alarms', USUAL.optionalAlarms),
      dashboard: values.dashboard === true,
      tracing: values.tracing === true,
      emails: number('emails', USUAL.emails),
      requests: number('requests', USUAL.requests),
    }),
  );
}

function metricsOf(given: string = USUAL.metrics): Deployment['metrics'] {
  if (given === 'totals' || given === 'regions' || given === 'accounts' || given === 'off') return given;
  throw new Error(`--metrics is ${JSON.stringify(given)}; expected totals, regions, accounts or off.`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\`npm run cost -- --help\` lists what can be said.\n`);
  process.exitCode = 1;
}
