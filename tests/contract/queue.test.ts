/** What is promised of the queues, simulated and embedded: visibility, receive counts, dead letters. */
import { MAX_RECEIVES, MESSAGING_WORLDS, type MessagingWorld, VISIBILITY_MS } from './messaging-worlds.ts';

describe.each(Object.keys(MESSAGING_WORLDS))('On the %s', (name) => {
  let world: MessagingWorld;
  beforeAll(async () => {
    world = await MESSAGING_WORLDS[name]!();
  });
  afterAll(() => world.close());

  /** Sends and receives it; the queues are empty after each test, so it is this one. */
  async function received(body: string) {
    await world.send('tasks', body);
    return (await world.receive('tasks'))!;
  }

  test('a message comes as it was sent, counted as its first receive', async () => {
    const message = await received('{"a": "ü"}');
    expect(message).toMatchObject({ body: '{"a": "ü"}', receives: 1, attributes: {} });
    await world.remove('tasks', message.handle);
  });

  test('a message that is being worked on is hidden, and comes again if nobody acknowledges it', async () => {
    const first = await received('hidden');
    const hiddenAtMs = world.nowMs();
    expect(await world.receive('tasks', 0)).toBeUndefined();
    const second = (await world.receive('tasks', 5000))!;
    expect(second).toMatchObject({ body: 'hidden', receives: 2 });
    expect(second.handle).not.toBe(first.handle);
    // A queue's clock may be coarse; what matters is that it does wait.
    expect(world.nowMs() - hiddenAtMs).toBeGreaterThan(VISIBILITY_MS / 2);
    await world.remove('tasks', second.handle);
  });

  test('a message that was acknowledged is gone', async () => {
    const { handle } = await received('gone');
    await world.remove('tasks', handle);
    expect(await world.receive('tasks', VISIBILITY_MS + 1000)).toBeUndefined();
  });

  test('a message can be had back at once', async () => {
    const { handle } = await received('back');
    await world.delayMessage(handle, 0);
    const again = (await world.receive('tasks', 0))!;
    expect(again).toMatchObject({ body: 'back', receives: 2 });
    await world.remove('tasks', again.handle);
  });

  test('a message can be held for longer than the queue would', async () => {
    const { handle } = await received('held');
    const heldAtMs = world.nowMs();
    await world.delayMessage(handle, 2 * VISIBILITY_MS);
    const again = (await world.receive('tasks', 6000))!;
    expect(again).toMatchObject({ body: 'held', receives: 2 });
    expect(world.nowMs() - heldAtMs).toBeGreaterThan(1.5 * VISIBILITY_MS);
    await world.remove('tasks', again.handle);
  });

  test('a message that is gone cannot be held', async () => {
    const { handle } = await received('gone');
    await world.remove('tasks', handle);
    await expect(world.delayMessage(handle, 1000)).rejects.toThrow();
  });

  test(`a message that came back after its receive no. ${MAX_RECEIVES} is a dead letter, body unchanged`, async () => {
    let message = await received('dead');
    for (let receives = 2; receives <= MAX_RECEIVES; receives++) {
      await world.delayMessage(message.handle, 0);
      message = (await world.receive('tasks'))!;
      expect(message.receives).toBe(receives);
    }
    await world.delayMessage(message.handle, 0);
    expect(await world.receive('tasks', 0)).toBeUndefined();
    const dead = (await world.receive('dead'))!;
    expect(dead.body).toBe('dead');
    await world.remove('dead', dead.handle);
  });

  test('what is parked lies there unchanged, with why', async () => {
    await world.parkMessage('not a task', 'not-a-task');
    const parked = (await world.receive('parked'))!;
    expect(parked).toMatchObject({ body: 'not a task', attributes: { why: 'not-a-task' } });
    await world.remove('parked', parked.handle);
  });
});
