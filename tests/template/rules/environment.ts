/** What the template tells each function, against what src/config.ts reads. */

import { OTHER_KINDS } from '../../../infra/kinds.ts';
import { parametersFor } from '../../../src/cli/local/counted.ts';
import { aggregatorConfig, apiConfig, dispatcherConfig, undeliveredConfig, workerConfig } from '../../../src/config.ts';
import { API_PARAMETERS, environment, everyFunction, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';

about('the environment');

const template = () => judged.template;

const configs = {
  dispatcher: dispatcherConfig,
  worker: workerConfig,
  undelivered: undeliveredConfig,
  aggregator: aggregatorConfig,
  api: apiConfig,
};

const pointers = {
  dispatcher: {
    REGION_TASKS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-region-tasks',
    NUDGES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-nudges',
  },
  worker: {
    NUDGES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-nudges',
    REGION_TASKS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/kvs-census-dev-region-tasks',
  },
  undelivered: {
    NUDGES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-nudges',
    UNREADABLE_TASKS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/kvs-census-dev-unreadable-tasks',
  },
  aggregator: {
    NUDGES_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-nudges',
    TOTALS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-totals',
    TOTALS_MAIL_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-totals-mail',
    TOTALS_DETAIL_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:kvs-census-dev-totals-detail',
  },
};

group.each(everyFunction)('the %s', (name) => {
  // With whatever there can be.
  const template = () => judged.in({ ...somewhere, parameters: API_PARAMETERS.page });

  rule('reads every variable that it is given, and is given every variable that it reads', () => {
    // One is for Node itself.
    const { NODE_OPTIONS: _, ...given } = environment(template(), name);
    const read = new Set<string>();
    const watched = new Proxy(given, {
      get: (target, key) => {
        read.add(String(key));
        return target[String(key)];
      },
    });
    configs[name](watched);
    // What a machine says of its proxy, where there is one.
    for (const variable of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) {
      read.delete(variable);
      read.delete(variable.toLowerCase());
    }
    expect([...read].sort()).toEqual(Object.keys(given).sort());
  });

  rule('is pointed at its own topics, queues and table', () => {
    const own = name === 'api' ? {} : pointers[name];
    expect(environment(template(), name)).toMatchObject({ TABLE_NAME: 'kvs-census-dev', ...own });
  });

  rule('is told durations in milliseconds, as whole numbers, in variables that say so', () => {
    const durations = Object.entries(environment(template(), name)).filter(([variable]) => variable.endsWith('_MS'));
    expect(durations.length).toBeGreaterThan(0);
    for (const [, value] of durations) expect(value).toMatch(/^[1-9]\d*(,[1-9]\d*)*$/);
  });

  rule('is told nothing as a number that could lose its spelling on the way', () => {
    for (const value of Object.values(environment(template(), name))) expect(typeof value).toBe('string');
  });
});

rule('the dispatcher is told what to count: streams, and no other kind', () => {
  expect(dispatcherConfig(environment(template(), 'dispatcher')).kinds).toEqual(['streams']);
});

rule('only its own account is counted, and whoever is told of that is told the same', () => {
  const { accounts, member } = dispatcherConfig(environment(template(), 'dispatcher'));
  expect(accounts).toEqual({ accounts: 'self', includeOrganizationalUnits: [], excludeAccounts: [] });
  expect(workerConfig(environment(template(), 'worker'))).toMatchObject({ accounts: 'self', member });
  expect(judged.compiled.Parameters).toMatchObject({
    Accounts: { Default: 'self' },
    IncludeOrganizationalUnits: { Default: 'none' },
  });
});

rule.each(OTHER_KINDS)('whether %s are counted is told to the dispatcher as to the alarms and the roles', (kind) => {
  const isTold = dispatcherConfig(environment(template(), 'dispatcher')).kinds.includes(kind);
  const [parameter = ''] = Object.keys(parametersFor([kind]));
  expect(judged.compiled.Parameters?.[parameter]?.Default).toBe(isTold ? 'on' : 'off');
});

rule('the dispatcher is told no regions: it asks where they are', () => {
  expect(dispatcherConfig(environment(template(), 'dispatcher')).regionSettings).toEqual({
    regions: [],
    includeRegions: [],
    excludeRegions: [],
  });
});
