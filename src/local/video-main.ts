/** The local Kinesis Video as a process of its own: prints its URL, serves until it is told to stop. */
import { parseArgs } from 'node:util';
import { endWithNpm } from './parents.ts';
import { builtInWorld, defaultWorld, readWorld } from './parse-world.ts';
import { listen, makeVideoService } from './video-service.ts';

const USAGE = 'Usage: node src/local/video-main.ts [--world FILE] [--port N]';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { world: { type: 'string' }, port: { type: 'string', default: '0' } } });
  const port = Number(values.port);
  if (!/^[0-9]+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port is "${values.port}"; expected a whole number from 0 to 65535.`);
  }
  const { world: said } = values;
  const world = said === undefined ? defaultWorld() : (builtInWorld(said) ?? readWorld(said));
  const server = await listen(makeVideoService(world), port);
  endWithNpm();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void server.close());
  console.log(server.url);
}

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  // It may quote a file, which may hold what moves a terminal's cursor or turns its letters round.
  console.error(sentence.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?'));
  console.error(USAGE);
  process.exitCode = 1;
});
