/** Fleets as people name them, and as nobody would: the same names each time. */

const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const CITIES = 'amsterdam athens berlin boston brussels dublin lisbon madrid oslo paris rome vienna'.split(' ');

type Random = (below: number) => number;

function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const letters = (random: Random, from: string, length: number) =>
  Array.from({ length }, () => from[random(from.length)]).join('');
const digits = (index: number) => String(index + 1).padStart(6, '0');

/** Name of the stream of this index. */
const SHAPES = {
  'random letters': (_, random) => letters(random, LETTERS, 16),
  'random hexadecimal': (_, random) => letters(random, '0123456789abcdef', 24),
  '`camera-house` + number': (index) => `camera-house${digits(index)}`,
  '`cam-` + hexadecimal': (_, random) => `cam-${letters(random, '0123456789abcdef', 24)}`,
  '12 cities + `-cam-` + number': (index) => `${CITIES[index % 12]}-cam-${digits(index)}`,
  '99 % `dev-` + number, 1 % anything': (index, random) =>
    index % 100 === 0 ? letters(random, LETTERS, 8) : `dev-${digits(index)}`,
  'each name begins with another': (index) => `n${index >> 2}${'a'.repeat(index & 3)}`,
} satisfies Record<string, (index: number, random: Random) => string>;

export type Shape = keyof typeof SHAPES;
export const SHAPE_NAMES = Object.keys(SHAPES) as Shape[];

/** Up to `size` names; fewer if chance gives one twice. */
export function fleetOf(shape: Shape, size: number): string[] {
  const random = makeRandom(7);
  const nameOf: (index: number, random: Random) => string = SHAPES[shape];
  return [...new Set(Array.from({ length: size }, (_, index) => nameOf(index, random)))];
}
