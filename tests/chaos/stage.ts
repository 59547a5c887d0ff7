/** Carries out each request's fate. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, inPart, published, serverError, throttle, unavailable } from './answer.ts';
import { type Call, kindListed, withBody } from './call.ts';
import type { Fate } from './fate.ts';
import type { WatchedLedger } from './ledger.ts';
import type { Client, Forward } from './proxy.ts';
import type { Statistics } from './statistics.ts';
import type { Witness } from './witness.ts';

type Stage = {
  fateOf(call: Call): Fate;
  forward: Forward;
  ledger: Pick<WatchedLedger, 'carryOut'>;
  /** Ends a process; whether there was one. */
  kill(sender: string): boolean;
  witness: Witness;
  statistics: Statistics;
  /** A request was carried out; whatever its caller will hear. */
  onCarriedOut(call: Call, answer: Answer): void;
};

export function makeOnCall(stage: Stage): (call: Call, client: Client) => Promise<void> {
  return async (call, client) => {
    const fate = stage.fateOf(call);
    if (kindListed(call) !== undefined) await meetVideo(stage, call, client, fate);
    else await meet(stage, call, client, fate);
  };
}

/** Kinesis Video, and Kinesis: what its caller meets is evidence of why a region could not be counted. */
async function meetVideo(stage: Stage, call: Call, client: Client, fate: Fate): Promise<void> {
  const tell = stage.witness.sawVideoCall(call);
  client.gone.addEventListener('abort', () => tell('given up'));
  const told: Client = {
    gone: client.gone,
    answer(answer) {
      const secret = withSecret(answer);
      tell(secret);
      client.answer(secret);
    },
    drop() {
      tell('dropped');
      client.drop();
    },
  };
  try {
    await meet(stage, withoutSecret(call), told, fate);
  } catch {
    // The service dropped the connection, or its caller gave up.
    told.drop();
  }
}

/** Every page token says that it is a secret, as long as it is out there. */
const TOKEN = '"NextToken":"';
const SECRET_TOKEN = `${TOKEN}secret`;
/** Of an answer, before the token: Kinesis says first whether there is more. */
const LONGEST_START = `{"HasMoreStreams":true,${TOKEN}`.length;

function withSecret(answer: Answer): Answer {
  const { body } = answer;
  const start = body.toString('latin1', 0, LONGEST_START).indexOf(TOKEN);
  if (start < 0) return answer;
  const parts = [body.subarray(0, start), Buffer.from(SECRET_TOKEN), body.subarray(start + TOKEN.length)];
  return { ...answer, body: Buffer.concat(parts) };
}

function withoutSecret(call: Call): Call {
  return withBody(call, call.body.toString().replace(SECRET_TOKEN, TOKEN));
}

async function meet(stage: Stage, call: Call, client: Client, fate: Fate): Promise<void> {
  const { statistics } = stage;
  switch (fate.kind) {
    case 'served':
      return client.answer(await carryOut(stage, call, client));
    case 'server error':
      statistics.count('serverErrors');
      return client.answer(serverError(call));
    case 'unavailable':
      statistics.count('serverErrors');
      return client.answer(unavailable(call));
    case 'throttled':
      statistics.count('throttles');
      return client.answer(throttle(call));
    case 'dropped':
      statistics.count('dropped');
      return client.drop();
    case 'answer lost':
      await carryOut(stage, call, client);
      statistics.count('ambiguous');
      if (fate.how === 'dropped') client.drop();
      if (fate.how === 'server error') client.answer(serverError(call));
      return;
    case 'late':
      statistics.count('ambiguous');
      statistics.count('late');
      client.drop();
      await sleep(fate.ms);
      await carryOut(stage, call, client);
      return;
    case 'slow': {
      statistics.count('slow');
      const answer = await carryOut(stage, call, client);
      await sleep(fate.ms);
      return client.answer(answer);
    }
    case 'in part': {
      statistics.count('inPart');
      const part = inPart(call, fate.random);
      return client.answer(part.complete(await carryOut(stage, part.call, client)));
    }
    case 'lost':
      statistics.count('lostNudges');
      return client.answer(published());
    case 'killed': {
      if (fate.when === 'after') await carryOut(stage, call, client);
      if (stage.kill(call.sender)) statistics.count(fate.when === 'after' ? 'killedAfter' : 'killedBefore');
      return client.drop();
    }
    default:
      return fate satisfies never;
  }
}

async function carryOut({ ledger, forward, onCarriedOut }: Stage, call: Call, client: Client): Promise<Answer> {
  if (kindListed(call) !== undefined) return await forward(call, client.gone);
  const answer = await (call.service === 'dynamodb' ? ledger.carryOut(call) : forward(call));
  onCarriedOut(call, answer);
  return answer;
}
