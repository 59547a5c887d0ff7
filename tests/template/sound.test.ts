/** What a deployment would trip over, found without one. */
import { CelEngine, type StandardDiagnostic, TemplateFile } from '@aws/cloudformation-validate';
import { faultOf } from '../../src/local/schedule-expression.ts';
import { functionArn, ofType, readResolved, readTemplate, strings, templateFile } from './compiled.ts';
import { isObject, type Json, type Template } from './resolve.ts';

let template: Template;
beforeAll(async () => {
  template = await readTemplate();
});

describe("AWS's own validator", () => {
  /** Warnings that are understood. Any other is a failure, like every error. */
  const understood: Record<string, string> = {
    W1001:
      'An output refers to AlarmsTopic, or to LedgerTable, inside an Fn::If over the condition under which it exists.',
  };
  const diagnose = async (): Promise<StandardDiagnostic[]> => {
    const engine = new CelEngine();
    try {
      return engine.validateStandard(new TemplateFile(await templateFile()), { severityLevel: 'WARN' }).diagnostics;
    } finally {
      engine.free();
    }
  };

  test('finds no error in the template, and no warning that is not understood', async () => {
    const complaints = (await diagnose()).filter(({ ruleId }) => !(ruleId in understood));
    expect(complaints.map(({ ruleId, message, propertyPath }) => `${ruleId} ${propertyPath}: ${message}`)).toEqual([]);
  });

  test('still finds what is understood, or the excuse is to be deleted', async () => {
    const found = new Set((await diagnose()).map(({ ruleId }) => ruleId));
    expect([...found].sort()).toEqual(Object.keys(understood).sort());
  });
});

describe('references', () => {
  test('all lead to something in the template', () => {
    const parameters = Object.keys(template.Parameters ?? {});
    const known = new Set([...Object.keys(template.Resources), ...parameters, ...pseudoParameters]);
    const lost = [...references(template as unknown as Json)].filter((id) => !known.has(id));
    expect(lost).toEqual([]);
  });

  test('are to attributes that exist, so that the whole template can be worked out', async () => {
    await expect(readResolved()).resolves.toBeDefined();
  });

  test('to conditions lead to a condition', () => {
    const conditions = Object.keys(template.Conditions ?? {});
    const used = Object.values(template.Resources).flatMap(({ Condition }) => Condition ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const condition of used) expect(conditions).toContain(condition);
  });

  test('of the framework were all filled in', () => {
    const left = [...strings(template as unknown as Json)].filter(([, text]) =>
      /\$\{(self|param|opt|sls|env|file):/.test(text),
    );
    expect(left).toEqual([]);
  });
});

describe('the schedules', () => {
  test('have expressions that EventBridge Scheduler understands', () => {
    const expressions = ofType(template, 'AWS::Scheduler::Schedule').map(([, { Properties }]) =>
      String(Properties.ScheduleExpression),
    );
    expect(expressions.map(faultOf)).toEqual(expressions.map(() => undefined));
  });

  test.each([
    ['cron(0 0/6 * * ? *)', undefined],
    ['cron(15 10 ? * MON-FRI 2026,2027)', undefined],
    ['cron(0 12 L * ? *)', undefined],
    ['rate(1 hour)', undefined],
    ['rate(1 hours)', expect.any(String)],
    ['rate(5 minute)', expect.any(String)],
    ['rate(0 minutes)', expect.any(String)],
    ['cron(0 0/6 * * * *)', expect.stringContaining('?')],
    ['cron(0 0/6 ? * ? *)', expect.stringContaining('?')],
    ['cron(0 0/6 * * ?)', expect.stringContaining('5 fields')],
    ['cron(60 0 * * ? *)', expect.stringContaining('minutes')],
    ['cron(0 24 * * ? *)', expect.stringContaining('hours')],
    ['cron(0 0/0 * * ? *)', expect.stringContaining('hours')],
    ['cron(0 0 * FOO ? *)', expect.stringContaining('month')],
    ['0 0 * * *', expect.any(String)],
  ])('%s is judged rightly', (expression, fault) => {
    expect(faultOf(expression)).toEqual(fault);
  });

  test('name a time zone that exists', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Scheduler::Schedule'))
      expect(() =>
        Intl.DateTimeFormat('en', { timeZone: String(Properties.ScheduleExpressionTimezone) }),
      ).not.toThrow();
  });

  test('send JSON', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Scheduler::Schedule'))
      expect(() => JSON.parse(String((Properties.Target as { Input: string }).Input))).not.toThrow();
  });
});

describe('the template is at home in every partition, region and account', () => {
  test.each([
    { partition: 'aws-us-gov', region: 'us-gov-west-1', accountId: '210987654321' },
    { partition: 'aws-cn', region: 'cn-north-1', accountId: '210987654321' },
  ])('every ARN becomes one of $partition', async (world) => {
    const resolved = await readResolved(world);
    const arns = [...strings(resolved.Resources as unknown as Json)].filter(([, text]) => text.includes('arn:'));
    expect(arns.map(([, text]) => text)).toContain(functionArn('dispatcher', world));
    for (const [, text] of arns) expect(text).toMatch(new RegExp(`^arn:${world.partition}:`));
  });

  test('no ARN is spelled out', () => {
    const spelled = texts().filter(([, text]) => /\barn:aws/.test(text));
    expect(spelled).toEqual([]);
  });

  test('no account is named', () => {
    expect(texts().filter(([, text]) => /(?<!\d)\d{12}(?!\d)/.test(text))).toEqual([]);
  });

  test('no region is named', () => {
    const region = /\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-iso[a-z]?)?-(north|south|east|west|central)\w*-\d\b/;
    expect(texts().filter(([, text]) => region.test(text))).toEqual([]);
  });

  test('no domain is named but in the names of services', () => {
    const domains = texts().filter(([, text]) => text.includes('amazonaws'));
    for (const [path, text] of domains) {
      expect(path).toMatch(/\.Principal(\.Service)?$/);
      expect(text).toMatch(/^[a-z]+\.amazonaws\.com$/);
    }
  });

  const texts = () => [...strings(template as unknown as Json)];
});

const pseudoParameters = ['AWS::AccountId', 'AWS::Partition', 'AWS::Region', 'AWS::URLSuffix', 'AWS::StackName'];

/** Every logical id that something refers to. */
function* references(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* references(item);
  if (!isObject(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref') yield String(argument);
    else if (key === 'Fn::GetAtt') yield String([argument].flat()[0]).split('.')[0] ?? '';
    else if (key === 'DependsOn') yield* [argument].flat().map(String);
    else if (key === 'Fn::Sub')
      for (const [, id] of String([argument].flat()[0]).matchAll(/\$\{([^!}.]+)/g)) yield id ?? '';
    yield* references(argument);
  }
}
