/** What a deployment would trip over, found without one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CelEngine, type StandardDiagnostic, TemplateFile } from '@aws/cloudformation-validate';
import { faultOf } from '../../../src/local/schedule-expression.ts';
import { API_PARAMETERS, ofType, strings } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import { isObject, type Json } from '../resolve.ts';

about('the whole');

const template = () => judged.compiled;

group("AWS's own validator", () => {
  /** Warnings that are understood. Any other is a failure, like every error. */
  const understood: Record<string, string> = {
    W1001:
      'An output refers to AlarmsTopic, or to LedgerTable, inside an Fn::If over the condition under which it exists.',
  };
  const diagnose = async (): Promise<StandardDiagnostic[]> => {
    const engine = new CelEngine();
    const folder = await mkdtemp(join(tmpdir(), 'kvs-census-template-'));
    try {
      const file = join(folder, 'template.json');
      await writeFile(file, JSON.stringify(template()));
      return engine.validateStandard(new TemplateFile(file), { severityLevel: 'WARN' }).diagnostics;
    } finally {
      engine.free();
      await rm(folder, { recursive: true });
    }
  };

  rule('finds nothing in the template but what is understood', async () => {
    const found = await diagnose();
    const complaints = found.filter(({ ruleId }) => !(ruleId in understood));
    expect(complaints.map(({ ruleId, message, propertyPath }) => `${ruleId} ${propertyPath}: ${message}`)).toEqual([]);
    // An excuse that is not needed any more is to be deleted.
    expect([...new Set(found.map(({ ruleId }) => ruleId))].sort()).toEqual(Object.keys(understood).sort());
  });
});

group('references', () => {
  rule('all lead to something in the template', () => {
    const parameters = Object.keys(template().Parameters ?? {});
    const known = new Set([...Object.keys(template().Resources), ...parameters, ...pseudoParameters]);
    const lost = [...references(template() as unknown as Json)].filter((id) => !known.has(id));
    expect(lost).toEqual([]);
  });

  rule('are to attributes that exist, so that the whole template can be worked out', () => {
    expect(judged.template).toBeDefined();
  });

  rule('to conditions lead to a condition', () => {
    const conditions = Object.keys(template().Conditions ?? {});
    const used = [
      ...Object.values(template().Resources).flatMap(({ Condition }) => Condition ?? []),
      ...choices(template().Resources as unknown as Json),
    ];
    expect(used.length).toBeGreaterThan(0);
    for (const condition of used) expect(conditions).toContain(condition);
  });

  rule('of the framework were all filled in', () => {
    const left = [...strings(template() as unknown as Json)].filter(([, text]) =>
      /\$\{(self|param|opt|sls|env|file):/.test(text),
    );
    expect(left).toEqual([]);
  });
});

group('the schedules', () => {
  rule('have expressions that EventBridge Scheduler understands', () => {
    const expressions = ofType(template(), 'AWS::Scheduler::Schedule').map(([, { Properties }]) =>
      String(Properties.ScheduleExpression),
    );
    expect(expressions.map(faultOf)).toEqual(expressions.map(() => undefined));
  });

  rule('name a time zone that exists', () => {
    for (const [, { Properties }] of ofType(template(), 'AWS::Scheduler::Schedule'))
      expect(() =>
        Intl.DateTimeFormat('en', { timeZone: String(Properties.ScheduleExpressionTimezone) }),
      ).not.toThrow();
  });

  rule('send JSON', () => {
    for (const [, { Properties }] of ofType(template(), 'AWS::Scheduler::Schedule'))
      expect(() => JSON.parse(String((Properties.Target as { Input: string }).Input))).not.toThrow();
  });
});

group('the template is at home in every partition, region and account', () => {
  rule.each([
    { partition: 'aws-us-gov', region: 'us-gov-west-1', accountId: '210987654321' },
    { partition: 'aws-cn', region: 'cn-north-1', accountId: '210987654321' },
  ])('every ARN becomes one of $partition', async (world) => {
    const resolved = judged.in({ ...world, parameters: API_PARAMETERS.page });
    const arns = [...strings(resolved.Resources as unknown as Json)].filter(([, text]) => text.includes('arn:'));
    const { partition, region, accountId } = world;
    const ofFunctions = expect.stringContaining(`arn:${partition}:lambda:${region}:${accountId}:function:`);
    expect(arns.map(([, text]) => text)).toContainEqual(ofFunctions);
    for (const [, text] of arns) expect(text).toMatch(new RegExp(`^arn:${world.partition}:`));
  });

  rule('no ARN is spelled out', () => {
    const spelled = texts().filter(([, text]) => /\barn:aws/.test(text));
    expect(spelled).toEqual([]);
  });

  rule('no account is named', () => {
    expect(texts().filter(([, text]) => /(?<!\d)\d{12}(?!\d)/.test(text))).toEqual([]);
  });

  rule('no region is named', () => {
    const region = /\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-iso[a-z]?)?-(north|south|east|west|central)\w*-\d\b/;
    expect(texts().filter(([, text]) => region.test(text))).toEqual([]);
  });

  rule('no domain is named but in the names of services', () => {
    const domains = texts().filter(([, text]) => text.includes('amazonaws'));
    for (const [path, text] of domains) {
      expect(path).toMatch(/\.Principal(\.Service)?$/);
      expect(text).toMatch(/^[a-z]+\.amazonaws\.com$/);
    }
  });

  const texts = () => [...strings(template() as unknown as Json)];
});

const pseudoParameters = ['AccountId', 'Partition', 'Region', 'URLSuffix', 'StackName', 'NoValue'].map(
  (name) => `AWS::${name}`,
);

/** Every condition by which a value is chosen. */
function* choices(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* choices(item);
  if (!isObject(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Fn::If') yield String([argument].flat()[0]);
    yield* choices(argument);
  }
}

/** Every logical id that something refers to. */
function* references(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* references(item);
  if (!isObject(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref') yield String(argument);
    else if (key === 'Fn::GetAtt') yield String([argument].flat()[0]).split('.')[0] ?? '';
    else if (key === 'DependsOn') yield* [argument].flat().map(String);
    else if (key === 'Fn::Sub') {
      const [pattern, own = {}] = [argument].flat();
      for (const [, id = ''] of String(pattern).matchAll(/\$\{([^!}.]+)/g))
        if (!Object.hasOwn(own as object, id)) yield id;
    }
    yield* references(argument);
  }
}
