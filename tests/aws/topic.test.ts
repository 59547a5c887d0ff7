/** What is published, and what is believed of SNS's answers: the SDK's client over HTTP. */
import { SNSClient } from '@aws-sdk/client-sns';
import { makeAnnounceOrganization, makeAnnounceTotal, makePublishTasks, makeSendNudge } from '../../src/aws/topic.ts';
import { announcementOf } from '../../src/census/announcement.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { mailOf } from '../../src/census/mail.ts';
import { parseTask } from '../../src/census/messages.ts';
import { organizationAnnouncementOf } from '../../src/census/organization/announcement.ts';
import { organizationMailOf } from '../../src/census/organization/mail.ts';
import type { StoredTotal } from '../../src/census/run.ts';
import { ACCOUNT, aRun, aStoredTotal, aTask, KEY } from '../census/examples.ts';
import { accountsOf, anOrganizationRun, aStoredOrganizationTotal } from '../census/organization/examples.ts';
import { type Answer, type Service, startService, xmlRefusal } from './service.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:topic';
const PLACE = { stage: 'dev', region: 'eu-west-1' };
const RUN = aRun(['eu-west-1', 'us-east-1']);
const TOPICS = { totals: TOPIC, mail: `${TOPIC}-mail`, detail: `${TOPIC}-detail` };
const announce = (run: typeof RUN, total: StoredTotal) => makeAnnounceTotal(client, TOPICS, PLACE)(run, total, []);
const tasks = Array.from({ length: 19 }, (_, index) => aTask(`eu-west-${index + 1}`, { round: 1 }));

let service: Service;
let client: SNSClient;
beforeAll(async () => {
  service = await startService();
  client = new SNSClient({ ...service.options, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

/** The fields of each request, in SNS's form. */
const forms = () => service.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

const published: Answer = {
  headers: { 'content-type': 'text/xml' },
  body: '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
};

function batch(confirmed: readonly number[], failed: readonly number[] = []): Answer {
  const yes = confirmed.map((id) => `<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`).join('');
  const no = failed
    .map((id) => `<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`)
    .join('');
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<PublishBatchResponse><PublishBatchResult><Successful>${yes}</Successful><Failed>${no}</Failed></PublishBatchResult></PublishBatchResponse>`,
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('Region tasks', () => {
  test('nineteen are two requests, each task in one of them', async () => {
    service.answer(batch(upTo(10)), batch(upTo(9)));
    await expect(makePublishTasks(client, TOPIC)(tasks)).resolves.toEqual([]);
    const sent = forms().map((form) => {
      expect(form).toMatchObject({ Action: 'PublishBatch', TopicArn: TOPIC });
      const messages = Object.entries(form).filter(([field]) => field.endsWith('.Message'));
      return messages.map(([, message]) => parseTask(message));
    });
    expect(sent).toEqual([tasks.slice(0, 10), tasks.slice(10)]);
  });

  test.each([
    ['ten', 10, 1],
    ['eleven', 11, 2],
  ])('%s are %i in as few requests as can be', async (_name, count, requests) => {
    service.answer(batch(upTo(10)));
    await makePublishTasks(client, TOPIC)(tasks.slice(0, count));
    expect(service.asked).toHaveLength(requests);
  });

  test('that the topic refused come back, and those of which it said nothing', async () => {
    service.answer(batch([1, 2, 3, 4, 5, 6, 7, 8], [0]), batch([0, 1, 2, 3, 4, 5, 6, 7], [8]));
    await expect(makePublishTasks(client, TOPIC)(tasks)).resolves.toEqual([tasks[0], tasks[9], tasks[18]]);
  });

  test('all come back if the topic confirms none', async () => {
    service.answer({ headers: { 'content-type': 'text/xml' }, body: '<PublishBatchResponse></PublishBatchResponse>' });
    await expect(makePublishTasks(client, TOPIC)(tasks.slice(0, 2))).resolves.toEqual(tasks.slice(0, 2));
  });

  test('an error of the whole request is an error', async () => {
    service.answer(xmlRefusal(403, 'AuthorizationErrorException'));
    await expect(makePublishTasks(client, TOPIC)(tasks)).rejects.toThrow('This is AuthorizationErrorException.');
  });
});

test('a nudge says which run may be ready, and nothing else', async () => {
  service.answer(published);
  await makeSendNudge(client, TOPIC)({ ...KEY, plan: ['eu-west-1'] } as typeof KEY);
  expect(forms()).toEqual([{ Action: 'Publish', Version: '2010-03-31', TopicArn: TOPIC, Message: expect.any(String) }]);
  expect(JSON.parse(forms()[0]?.Message ?? '')).toEqual({ version: 1, accountId: KEY.censusId, runId: KEY.runId });
});

/** Type and value of each. */
const attributesIn = (form: Record<string, string>) =>
  Object.fromEntries(
    [1, 2, 3, 4, 5].flatMap((nth) => {
      const entry = (what: string) => form[`MessageAttributes.entry.${nth}.${what}`] ?? '';
      const name = entry('Name');
      return name === '' ? [] : [[name, [entry('Value.DataType'), entry('Value.StringValue')]]];
    }),
  );

describe('A total', () => {
  const before = {
    runId: '2026-11-20T00:00:00Z',
    streams: 7,
    newlyMissing: ['eu-west-1', 'us-east-1'],
    newlyCounted: [],
    newlyPlanned: [],
    noLongerPlanned: [],
  };
  const total = aStoredTotal({ streams: 7, verdict: 'partial', before });

  test('goes to programs and to people, each with the attributes by which they may filter', async () => {
    service.answer(published, published);
    await announce(RUN, total);
    const sent = forms();
    expect(sent.map(({ TopicArn, Subject }) => ({ TopicArn, Subject }))).toEqual([
      { TopicArn: TOPIC, Subject: undefined },
      { TopicArn: `${TOPIC}-mail`, Subject: mailOf(RUN, total, PLACE, []).subject },
    ]);
    expect(JSON.parse(sent[0]?.Message ?? '')).toEqual(announcementOf(RUN, total));
    expect(sent[1]?.Message).toBe(mailOf(RUN, total, PLACE, []).text);
    for (const form of sent) {
      expect(form).not.toHaveProperty('MessageStructure');
      expect(attributesIn(form)).toEqual({
        kind: ['String', 'streams'],
        verdict: ['String', 'partial'],
        changed: ['String', 'true'],
        newlyMissing: ['String.Array', '["eu-west-1","us-east-1"]'],
      });
    }
  });

  test('of another kind than streams goes to a topic of its own, and nobody is mailed', async () => {
    const run = { ...RUN, censusId: censusIdOf(ACCOUNT, 'channels') };
    service.answer(published);
    await announce(run, total);
    const [sent, ...others] = forms();
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ TopicArn: `${TOPIC}-detail`, Message: JSON.stringify(announcementOf(run, total)) });
    expect(attributesIn(sent ?? {}).kind).toEqual(['String', 'channels']);
  });

  test('of an account of an organisation goes there, too: two hundred accounts are not two hundred mails', async () => {
    service.answer(published);
    await announce({ ...RUN, parent: { position: 0, round: 0, expiresAt: 1_800_000_000 } }, total);
    expect(forms()).toMatchObject([{ TopicArn: `${TOPIC}-detail` }]);
  });

  test('is not announced unless both topics took it', async () => {
    service.answer(published, xmlRefusal(400, 'InvalidParameter'));
    await expect(announce(RUN, total)).rejects.toMatchObject({
      name: 'NotMailedError',
      cause: { name: 'InvalidParameterException' },
    });
  });

  test('is mailed to nobody while programs cannot be told, or people would get a mail for each try', async () => {
    service.answer(xmlRefusal(404, 'NotFound'), published);
    await expect(announce(RUN, total)).rejects.toMatchObject({ name: 'NotFoundException' });
    expect(forms()).toHaveLength(1);
  });
});

describe('The total of an organisation', () => {
  const run = anOrganizationRun(accountsOf(2));
  const total = aStoredOrganizationTotal({ streams: 5 });

  test('goes to programs and to people, and says that it is of the organisation', async () => {
    service.answer(published, published);
    await makeAnnounceOrganization(client, TOPICS, PLACE)(run, total);
    const { subject, text } = organizationMailOf(run, total, PLACE);
    expect(forms()).toMatchObject([
      { TopicArn: TOPIC, Message: JSON.stringify(organizationAnnouncementOf(run, total)) },
      { TopicArn: `${TOPIC}-mail`, Subject: subject, Message: text },
    ]);
    for (const form of forms())
      expect(attributesIn(form)).toEqual({
        scope: ['String', 'organization'],
        kind: ['String', 'streams'],
        verdict: ['String', 'complete'],
        changed: ['String', 'true'],
      });
  });

  test('of another kind than streams is mailed to nobody', async () => {
    service.answer(published);
    await makeAnnounceOrganization(client, TOPICS, PLACE)({ ...run, censusId: 'organization/channels' }, total);
    expect(forms()).toMatchObject([{ TopicArn: `${TOPIC}-detail` }]);
  });

  test('is not announced unless both topics took it', async () => {
    service.answer(published, xmlRefusal(400, 'InvalidParameter'));
    await expect(makeAnnounceOrganization(client, TOPICS, PLACE)(run, total)).rejects.toMatchObject({
      name: 'NotMailedError',
    });
  });
});

test.each([
  ['a nudge', () => makeSendNudge(client, TOPIC)(KEY)],
  ['a total', () => announce(RUN, aStoredTotal())],
])('%s that the topic refuses is an error', async (_what, publish) => {
  service.answer(xmlRefusal(400, 'InvalidParameter'));
  await expect(publish()).rejects.toThrow('This is InvalidParameter.');
});
