/** Who may send to a queue or a topic, as far as the queue or the topic itself decides it. */
import { ofType, somewhere } from '../compiled.ts';
import { about, group, judged, rule } from '../judge.ts';
import type { Json, JsonObject } from '../resolve.ts';
import { isAllowed, queue, role, topic } from '../simulate.ts';

about('the policies');

const template = () => judged.template;

const queues = ['region-tasks', 'undelivered-tasks', 'unreadable-tasks', 'failed-invocations'];
const topics = ['region-tasks', 'nudges', 'totals', 'totals-mail', 'totals-detail', 'alarms'];

group.each(queues)('the queue %s', (name) => {
  rule('takes from SNS what the design says, and only from that topic', async () => {
    const senders: string[] = [];
    for (const from of [...topics, 'of-somebody-else']) if (await snsMaySend(from, name)) senders.push(from);
    expect(senders).toEqual(['region-tasks', 'undelivered-tasks'].includes(name) ? ['region-tasks'] : []);
  });

  rule('takes nothing from another account', async () => {
    const stranger = {
      ...roleMaySend('sqs:SendMessage', queue(name)),
      principal: 'arn:aws:iam::999999999999:role/any',
    };
    expect(await isAllowed({ ...stranger, resourcePolicy: queuePolicy(name), context: tls(true) })).toBe(false);
  });

  rule('refuses a connection without TLS, even to those that may send', async () => {
    const send = (overTls: boolean) =>
      isAllowed({
        ...roleMaySend('sqs:SendMessage', queue(name)),
        resourcePolicy: queuePolicy(name),
        context: tls(overTls),
      });
    expect([await send(true), await send(false)]).toEqual([true, false]);
  });
});

group.each(topics)('the topic %s', (name) => {
  rule('takes nothing from another account', async () => {
    const stranger = { ...roleMaySend('sns:Publish', topic(name)), principal: 'arn:aws:iam::999999999999:role/any' };
    expect(await isAllowed({ ...stranger, resourcePolicy: topicPolicy(name), context: tls(true) })).toBe(false);
  });

  rule('refuses a connection without TLS, even to those that may publish', async () => {
    const publish = (overTls: boolean) =>
      isAllowed({
        ...roleMaySend('sns:Publish', topic(name)),
        resourcePolicy: topicPolicy(name),
        context: tls(overTls),
      });
    expect([await publish(true), await publish(false)]).toEqual([true, false]);
  });

  rule('can be told that alarms went off only if it is the topic of alarms, and only by this account', async () => {
    const publish = (account: string) =>
      isAllowed({
        principal: 'cloudwatch.amazonaws.com',
        action: 'sns:Publish',
        resource: topic(name),
        resourcePolicy: topicPolicy(name),
        context: { ...tls(true), 'aws:SourceAccount': account },
      });
    expect([await publish(somewhere.accountId), await publish('999999999999')]).toEqual([name === 'alarms', false]);
  });
});

function tls(on: boolean): Record<string, string> {
  return { 'aws:SecureTransport': String(on) };
}

function snsMaySend(from: string, to: string): Promise<boolean> {
  return isAllowed({
    principal: 'sns.amazonaws.com',
    action: 'sqs:SendMessage',
    resource: queue(to),
    resourcePolicy: queuePolicy(to),
    context: { ...tls(true), 'aws:SourceArn': topic(from) },
  });
}

/** A role of this account whose own policy allows it, so that only the resource's policy is left to decide. */
function roleMaySend(action: string, resource: string) {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] };
  return { principal: role('any'), action, resource, policies: [{ name: 'any', policy }] };
}

function queuePolicy(name: string): JsonObject {
  const url = `https://sqs.${somewhere.region}.amazonaws.com/${somewhere.accountId}/kvs-census-dev-${name}`;
  return policyOf('AWS::SQS::QueuePolicy', 'Queues', url);
}

function topicPolicy(name: string): JsonObject {
  return policyOf('AWS::SNS::TopicPolicy', 'Topics', topic(name));
}

function policyOf(type: string, list: string, target: string): JsonObject {
  const found = ofType(template(), type).filter(([, { Properties }]) => (Properties[list] as Json[]).includes(target));
  const [first] = found;
  if (found.length !== 1 || !first) throw new Error(`${target} has ${found.length} policies; expected one.`);
  return first[1].Properties.PolicyDocument as JsonObject;
}
