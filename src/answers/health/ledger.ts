/** Whether the ledger is what the code needs. It may be one that the stack did not make: the parameter `existingTable`. */
import { list } from '../words.ts';
import type { Asked, DoctorFacts, TableFacts } from './facts.ts';
import { broken, type Finding, judged, ok, warning } from './finding.ts';
import type { Shell } from './shell.ts';

type Index = { keys: readonly string[]; projection: string };

/** infra/storage.yml makes it so; every key is a text. */
export const LEDGER = {
  keys: ['pk', 'sk'],
  indexes: {
    byTime: { keys: ['timePk', 'timeSk'], projection: 'ALL' },
    sweep: { keys: ['sweep', 'timeSk'], projection: 'KEYS_ONLY' },
  } satisfies Record<string, Index>,
  expiry: 'expiresAt',
};

type Ledger = { tableName: string; table: Asked<TableFacts | null> };

export function judgeTable({ tableName, askedTable, table }: Ledger & { askedTable: string }, shell: Shell): Finding {
  return judged('table', table, 'whether the ledger is there', shell, (facts) => {
    if (facts === null) {
      return broken('table', `There is no table ${tableName}.`, 'Nothing can be kept, and so nothing can be counted.', {
        todo: 'If the ledger has another name, give it with --table; if it was deleted, this makes an empty one.',
        commands: shell.restore(),
      });
    }
    const keys = keyFault(facts.keys, LEDGER.keys, facts.types);
    if (keys !== undefined) {
      return broken(
        'table',
        `The table ${tableName} ${keys}.`,
        'It is not a ledger of kvs-census, and its keys can never be changed.',
        {
          todo: 'Deploy with another existingTable, or without one.',
          commands: [shell.deploy('--param=existingTable=NAME')],
        },
      );
    }
    if (tableName !== askedTable) {
      const what = `The functions keep their runs in ${tableName}, but this place names the ledger ${askedTable}.`;
      return warning('table', what, 'Other commands, asked so, read another ledger, or none.', {
        todo: 'Name it along with the stage.',
        commands: [shell.censusOf(tableName, 'latest')],
      });
    }
    if (facts.status === 'ACTIVE' || facts.status === 'UPDATING')
      return ok('table', `${tableName}: ${facts.status.toLowerCase()}, and its keys are right.`);
    return warning(
      'table',
      `The table ${tableName} is not ready: ${facts.status}.`,
      'Until it is, no run can be opened.',
      {
        todo: 'It becomes ready by itself, unless it is being deleted. Ask again in a minute.',
        commands: [shell.census('doctor')],
      },
    );
  });
}

export function judgeIndexes({ tableName, table }: Ledger, shell: Shell): Finding {
  const whether = 'whether the ledger has its indexes';
  return judged('indexes', table, whether, shell, (facts) => {
    const found = facts?.indexes ?? [];
    const faults = Object.entries(LEDGER.indexes).map(([name, wanted]) => ({
      name,
      wanted,
      ...faultOf(
        found.find((one) => one.name === name),
        wanted,
        facts?.types ?? {},
      ),
    }));
    const bad = faults.filter(({ fault }) => fault !== undefined);
    if (bad.length > 0) {
      const what = list(bad.map(({ name, fault }) => `the index ${name} ${fault}`));
      return broken('indexes', `${what.charAt(0).toUpperCase()}${what.slice(1)}.`, WHY, {
        ...(bad.length > 1 && { todo: 'DynamoDB makes one index at a time: wait until the first is active.' }),
        commands: bad.flatMap(({ name, wanted, isThere }) => [
          ...(isThere ? [deleteIndex(tableName, name, shell)] : []),
          createIndex(tableName, name, wanted, shell),
        ]),
      });
    }
    const notReady = found.filter(({ name, status }) => name in LEDGER.indexes && status !== 'ACTIVE');
    if (notReady.length === 0) return ok('indexes', `${list(Object.keys(LEDGER.indexes))}: active.`);
    const names = notReady.map(({ name, status }) => `${name} (${status})`);
    return warning('indexes', `Not ready yet: ${list(names)}.`, WHY, {
      todo: 'DynamoDB fills a new index by itself. Ask again in some minutes.',
      commands: [shell.census('doctor')],
    });
  });
}

const WHY =
  'Runs are found by them: without byTime no command finds a run, and without sweep no unfinished run is settled.';

function faultOf(
  found: TableFacts['indexes'][number] | undefined,
  wanted: Index,
  types: TableFacts['types'],
): { fault?: string; isThere: boolean } {
  if (found === undefined) return { fault: 'is missing', isThere: false };
  const fault =
    keyFault(found.keys, wanted.keys, types) ??
    (wanted.projection === 'ALL' && found.projection !== 'ALL' ? `holds ${found.projection}, not ALL` : undefined);
  return { ...(fault !== undefined && { fault }), isThere: true };
}

function keyFault(found: readonly string[], wanted: readonly string[], types: TableFacts['types']): string | undefined {
  if (found.join() !== wanted.join()) return `has the keys ${list(found)}, not ${list(wanted)}`;
  const odd = wanted.find((name) => (types[name] ?? 'S') !== 'S');
  return odd === undefined ? undefined : `has the key ${odd} of type ${types[odd]}, not S`;
}

function createIndex(tableName: string, name: string, { keys, projection }: Index, shell: Shell): string {
  const KeySchema = keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' }));
  const Create = { IndexName: name, KeySchema, Projection: { ProjectionType: projection } };
  return updateTable(tableName, shell, [
    '--attribute-definitions',
    ...keys.map((key) => `AttributeName=${key},AttributeType=S`),
    '--global-secondary-index-updates',
    JSON.stringify([{ Create }]),
  ]);
}

const deleteIndex = (tableName: string, name: string, shell: Shell) =>
  updateTable(tableName, shell, [
    '--global-secondary-index-updates',
    JSON.stringify([{ Delete: { IndexName: name } }]),
  ]);

const updateTable = (tableName: string, shell: Shell, words: readonly string[]) =>
  shell.aws('dynamodb', 'update-table', '--table-name', tableName, ...words);

/** Of the newest runs: an item that is damaged, or of a newer release, costs its own run. */
export function judgeItems({ runs, damaged }: Pick<DoctorFacts, 'runs' | 'damaged'>, shell: Shell): Finding {
  const check = 'items';
  return judged(check, runs, 'whether the newest runs can be read', shell, () => {
    const [first] = damaged;
    if (first === undefined) return ok(check, 'The newest runs can be read.');
    const more = damaged.length === 1 ? '' : `; and of ${damaged.length - 1} more it cannot, either`;
    const what = `An item of the run ${first.runId} cannot be read (${first.problem.replace(/\.$/, '')})${more}.`;
    return warning(check, what, 'Such a run is left out of what is shown, and may never settle.', {
      todo: 'An item of a newer release wants the newer command. What is damaged, somebody wrote by hand.',
      commands: [shell.census('runs')],
    });
  });
}

export function judgeExpiry(
  { tableName, expiry }: { tableName: string; expiry: Asked<string | null> },
  shell: Shell,
): Finding {
  return judged('expiry', expiry, 'whether old runs expire', shell, (attribute) => {
    if (attribute === LEDGER.expiry) return ok('expiry', `Runs expire by ${attribute}.`);
    const turnOn = (attributeName: string, enabled: boolean) =>
      shell.aws(
        'dynamodb',
        'update-time-to-live',
        '--table-name',
        tableName,
        '--time-to-live-specification',
        `Enabled=${enabled},AttributeName=${attributeName}`,
      );
    const what =
      attribute === null ? 'Time to live is off' : `Time to live goes by ${attribute}, not by ${LEDGER.expiry}`;
    return warning(
      'expiry',
      `${what}: no run is ever removed.`,
      'The table grows, and costs more each month; what has expired is not shown all the same.',
      {
        ...(attribute !== null && { todo: 'DynamoDB wants up to an hour between the two.' }),
        commands: [...(attribute === null ? [] : [turnOn(attribute, false)]), turnOn(LEDGER.expiry, true)],
      },
    );
  });
}

export function judgeRecovery(
  { tableName, isRecoverable }: { tableName: string; isRecoverable: Asked<boolean> },
  shell: Shell,
): Finding {
  return judged('recovery', isRecoverable, 'whether the ledger can be restored', shell, (isOn) => {
    if (isOn) return ok('recovery', 'Point-in-time recovery is on.');
    return warning(
      'recovery',
      'Point-in-time recovery is off.',
      'What is deleted from the ledger by mistake cannot be brought back.',
      {
        commands: [
          shell.aws(
            'dynamodb',
            'update-continuous-backups',
            '--table-name',
            tableName,
            '--point-in-time-recovery-specification',
            'PointInTimeRecoveryEnabled=true',
          ),
        ],
      },
    );
  });
}
