/** What people see. The snapshots are to be read: each is a screen, the second as wide as a terminal is at night. */
import {
  type DoctorAnswer,
  doctorAnswer,
  judgeIdentity,
  judgeStack,
  nothingAsked,
} from '../../../src/answers/health/doctor.ts';
import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import { ok } from '../../../src/answers/health/finding.ts';
import { renderDoctor } from '../../../src/cli/render/doctor.ts';
import { makeView } from '../../../src/cli/render/text.ts';
import {
  ALARMS_TOPIC,
  answered,
  countingChannels,
  DENIED,
  healthy,
  NOW_MS,
  of,
  shell,
  unless,
} from '../../answers/health/a-stack.ts';

const where = { accountId: '123456789012', stack: 'kvs-census-prod', region: 'eu-west-1' };
const place = { command: 'kvs-census', options: ['--stage', 'prod', '--region', 'eu-west-1', '--profile', 'night'] };

function answerOf(facts: DoctorFacts): DoctorAnswer {
  const identity = { accountId: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/night-shift/anna' };
  const findings = [ok('region', 'eu-west-1.'), judgeIdentity(identity), ...judgeStack(facts, NOW_MS, shell)];
  return doctorAnswer(where, findings, NOW_MS);
}

const atNight = unless((facts) => {
  Object.assign(of(facts.mappings.worker)[0] as object, { state: 'Disabled' });
  Object.assign(of(facts.queues['failed-invocations']), { waiting: 2 });
  Object.assign(facts, { expiry: answered(null), concurrency: DENIED });
  Object.assign(facts.mayList, { streams: DENIED });
  Object.assign(facts.hearers, {
    [ALARMS_TOPIC]: answered([{ protocol: 'email', endpoint: 'anna@example.com', isConfirmed: false }]),
  });
});

describe.each([120, 80, 50])('%i columns', (width) => {
  const view = makeView({ width, colour: false }, { place });
  const fits = (text: string) => {
    // A command that is to be pasted is left whole, and so is an ARN: the terminal breaks it without a line break in it.
    const lines = text.split('\n').filter((line) => !/^ {4}(aws|npx|kvs-census) |arn:/.test(line));
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
    return text;
  };

  test('all is well', () => {
    expect(fits(renderDoctor(answerOf(healthy()), view))).toMatchSnapshot();
  });

  test('all is well of two kinds', () => {
    expect(fits(renderDoctor(answerOf(countingChannels()), view))).toMatchSnapshot();
  });

  test('the worst stands last', () => {
    expect(fits(renderDoctor(answerOf(atNight), view))).toMatchSnapshot();
  });

  test('nothing could be asked', () => {
    const sentence =
      'The AWS credentials of the profile night have expired: sign in again (for example with `aws sso login --profile night`).';
    const answer = doctorAnswer({ ...where, accountId: null }, [nothingAsked('credentials', sentence)], NOW_MS);
    expect(fits(renderDoctor(answer, view))).toMatchSnapshot();
  });
});

test('what others have named cannot steer the terminal', () => {
  const facts = unless(({ hearers }) => {
    Object.assign(hearers, {
      [ALARMS_TOPIC]: answered([{ protocol: 'email', endpoint: 'a\u001b[2Jb@c.d', isConfirmed: true }]),
    });
  });
  expect(renderDoctor(answerOf(facts), makeView({ width: 80, colour: false }))).not.toContain('\u001b');
});
