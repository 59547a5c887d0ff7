/** Who may import whom, and why. A file belongs to the deepest room that holds it. */
import type { Module } from './modules.ts';

/** `imports`: the rooms and single files of src that it may import beside its own. `packages`: those of npm and Node. */
type Room = { room: string; imports: string[]; packages: RegExp; because: string };

const NONE = /^$/;
const ANY = /^/;
const NO_SDK = /^(?!.* from @(aws-sdk|smithy|modelcontextprotocol)\/)/;

const CLI = ['src/cli', 'src/cli/local', 'src/cli/render', 'src/cli/source'];
/** What is too long for one file of a function. */
const BODIES = ['counting', 'settling', 'dispatching', 'answering'].map((name) => `src/functions/${name}`);
const BELOW = ['src', 'src/answers', 'src/aws', 'src/census'];

const ROOMS: Room[] = [
  {
    room: 'src/census',
    imports: [],
    packages: /^isDeepStrictEqual from node:util$/,
    because: 'the rules are pure and know nothing but each other, not even how a region is listed',
  },
  {
    room: 'src/census/listing',
    imports: ['tally', 'prefixes', 'newcomers', 'errors', 'ports'].map((name) => `src/census/${name}.ts`),
    packages: NONE,
    because: 'the engine lists a region and knows nothing of runs',
  },
  {
    room: 'src/answers',
    imports: ['src/census'],
    packages: NONE,
    because: 'answers are plain data, made of what a port reads',
  },
  {
    room: 'src/aws',
    imports: ['src/census', 'src/answers'],
    packages: ANY,
    because: 'src/aws joins the rules and the answers to the SDK and knows nothing else',
  },
  {
    room: 'src/functions',
    imports: [...BELOW, 'src/census/listing', 'src/functions/bind.ts', 'src/page/hosted.ts', ...BODIES],
    packages: / from aws-lambda$/,
    because: 'a function uses the rules, the answers, src/aws, config and log, and never another function',
  },
  {
    room: 'src/functions/counting',
    imports: [...BELOW, 'src/census/listing'],
    packages: NONE,
    because: "how a region is counted and put on record is the worker's body, and binds nothing",
  },
  {
    room: 'src/functions/settling',
    imports: [...BELOW],
    packages: NONE,
    because: "how runs are settled is the aggregator's body, and binds nothing",
  },
  {
    room: 'src/functions/dispatching',
    imports: [...BELOW],
    packages: NONE,
    because: "how runs are dispatched is the dispatcher's body, and binds nothing",
  },
  {
    room: 'src/functions/answering',
    imports: [...BELOW, 'src/page'],
    packages: /^(createHash from node:crypto|gzipSync from node:zlib)$/,
    because: "how requests are answered is the API's body, which serves the page as well, and binds nothing",
  },
  {
    room: 'src/local',
    imports: [],
    packages: ANY,
    because: 'the local stack knows the functions only by the template and their zips',
  },
  {
    room: 'src/cli',
    imports: [...CLI, ...BELOW, 'src/cli/commands'],
    packages: NO_SDK,
    because: 'the command asks the answers, and only what runs locally knows the local stack',
  },
  {
    room: 'src/cli/commands',
    imports: [...CLI, 'src/cli/agent', ...BELOW, 'src/page', 'src/local'],
    packages: NO_SDK,
    because: 'a command asks and prints, and never runs a function by importing it',
  },
  {
    room: 'src/cli/agent',
    imports: ['src/cli', 'src/cli/source', ...BELOW],
    packages: / from (node:.*|@modelcontextprotocol\/server(\/stdio)?)$/,
    because: 'an agent is told what a command is told, and only here its protocol is known',
  },
  {
    room: 'src/cli/local',
    imports: [...CLI, ...BELOW, 'src/page', 'src/local'],
    packages: NO_SDK,
    because: 'what stands beside the local stack knows neither the commands nor the functions',
  },
  {
    room: 'src/cli/source',
    imports: ['src/cli', ...BELOW, 'src/local'],
    packages: NO_SDK,
    because: 'where a command reads from is settled before the command is known',
  },
  {
    room: 'src/cli/render',
    imports: ['src/answers', 'src/census'],
    packages: NO_SDK,
    because: 'what is printed is made of an answer, whichever command asked',
  },
  {
    room: 'src/cli/pack.ts',
    imports: ['src/local', 'src/page'],
    packages: NO_SDK,
    because: 'packing brings the local stack and the page into the package',
  },
  {
    room: 'src/page',
    imports: [...BELOW, 'src/page/client'],
    packages: NO_SDK,
    because: 'the page is served by whoever likes to, and knows no command',
  },
  {
    room: 'src/page/client',
    imports: ['src/answers', 'src/census', 'src/page/client/sign-in'],
    packages: /^uplot from|from uplot/,
    because: 'the browser shows an answer and reaches for nothing behind it',
  },
  {
    room: 'src/page/client/sign-in',
    imports: ['dom', 'model', 'source'].map((name) => `src/page/client/${name}.ts`),
    packages: / from oauth4webapi$/,
    because: 'whoever signs somebody in knows nothing of what they will see',
  },
  {
    room: 'src',
    imports: ['src/census', 'src/aws'],
    packages: NO_SDK,
    because: 'configuration and log stand below whoever uses them',
  },
];

const holds = (room: string, file: string) => file === room || file.startsWith(`${room}/`);

const roomOf = (file: string) =>
  ROOMS.filter(({ room }) => holds(room, file)).sort((a, b) => b.room.length - a.room.length)[0];

/** Every import that the rules forbid, as a sentence. */
export function strangers(modules: Module[]): string[] {
  return modules.flatMap(({ file, imports }) => {
    const room = roomOf(file);
    if (room === undefined) return [`${file} stands in no room`];
    return imports
      .filter(({ from, names }) => !mayImport(room, from, names))
      .map(({ from }) => `${file} imports ${from}: ${room.because}`);
  });
}

function mayImport(own: Room, from: string, names: ReadonlySet<string>): boolean {
  const target = roomOf(from);
  if (target === undefined) return own.packages.test(`${[...names].join(', ')} from ${from}`);
  if (own.imports.includes(from) || own.imports.includes(target.room)) return true;
  return target === own && own.room !== 'src/functions';
}
