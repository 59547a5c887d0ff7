/** How fleets name their streams: the same names each time. */

type Random = (below: number) => number;

/** A number below `below`, the next of the same sequence each time. */
function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const HEX = '0123456789abcdef';
const BASE_36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const COUNTRIES = 'at be ch cz de dk es fi fr gb ie it nl no pl pt se'.split(' ');
const CUSTOMERS = (
  'acme altona arcadia bellavista brightside cargohub castello dockside eastgate ferrum fjordline globex granite ' +
  'harborview hooli initech ironwood jupiter kestrel lakeshore lumen meridian midtown northwind oakridge orbital ' +
  'parkside pioneer quarry redwood riverside sakura seaport summit tailspin umbra vandelay westfield woodgrove zenith'
).split(' ');
/** What MAC addresses of three makers of cameras begin with. */
const MAKERS = ['00408c', 'accc8e', 'b8a44f'];

const letters = (random: Random, from: string, length: number) =>
  Array.from({ length }, () => from[random(from.length)]).join('');
const digits = (number: number, length: number) => String(number).padStart(length, '0');
const uuid = (random: Random) => [8, 4, 4, 4, 12].map((length) => letters(random, HEX, length)).join('-');
/** An id that nobody chose. */
const tenant = (index: number) => digits(Math.imul(index + 1, 2_654_435_761) >>> 0, 10).slice(2);
const day = (index: number) => new Date(Date.UTC(2023, 0, 1 + index)).toISOString().slice(0, 10);

/** Name of the stream of this index. */
const NAME_OF = {
  'site and camera: `site-00042-cam-07`': (index) => `site-${digits(index >> 4, 5)}-cam-${digits((index & 15) + 1, 2)}`,
  'country, site, camera: `de-0042-cam-07`': (index) =>
    `${COUNTRIES[(index >> 3) % 17]}-${digits(Math.floor(index / 136), 4)}-cam-${digits((index & 7) + 1, 2)}`,
  '40 customers, large and small: `acme-cam-000042`': (index, random) =>
    `${CUSTOMERS[Math.floor((40 * random(1000) * random(1000)) / 1e6)]}-cam-${digits(index, 6)}`,
  '200 tenants: `04173982_` + UUID': (_, random) => `${tenant(random(200))}_${uuid(random)}`,
  'MAC address, 3 makers: `accc8e01f2a3`': (_, random) => MAKERS[random(3)] + letters(random, HEX, 6),
  'MAC address, one maker: `cam-ACCC8E01F2A3`': (_, random) => `cam-ACCC8E${letters(random, HEX, 6).toUpperCase()}`,
  UUID: (_, random) => uuid(random),
  'serial number: `SN2417003291` (year, week)': (_, random) =>
    `SN${digits(19 + random(8), 2)}${digits(1 + random(52), 2)}${digits(random(1e6), 6)}`,
  '2 environments: `dev-camera-000042`': (index) => `${index % 4 === 0 ? 'dev' : 'prod'}-camera-${digits(index, 6)}`,
  'region and base 36: `iot_thing_eu-west-1_k3x9q2m7d0`': (_, random) =>
    `iot_thing_eu-west-1_${letters(random, BASE_36, 10)}`,
  'fixed width: `camera0000042`': (index) => `camera${digits(index, 7)}`,
  'any width: `cam42`': (index) => `cam${index + 1}`,
  'day of installation: `2026-03-17-cam-042`': (index) => `${day(Math.floor(index / 30))}-cam-${digits(index % 30, 3)}`,
} satisfies Record<string, (index: number, random: Random) => string>;

type Naming = keyof typeof NAME_OF;
export const NAMINGS = Object.keys(NAME_OF) as Naming[];

/** Names of `size` streams; fewer if chance gives one twice. */
export function namesOf(naming: Naming, size: number): string[] {
  const random = makeRandom(7);
  const nameOf: (index: number, random: Random) => string = NAME_OF[naming];
  return [...new Set(Array.from({ length: size }, (_, index) => nameOf(index, random)))];
}
