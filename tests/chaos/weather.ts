/** How bad things are for each service, second by second: drawn once from the seed, and known before anything happens. */
import { makeRandom } from '../judging/noise.ts';
import { SERVICES, type Service } from './call.ts';

/** `fair`: little goes wrong. `rough`: much does. `out`: nobody is served. */
export type Sky = 'fair' | 'rough' | 'out';

export type Spell = { service: Service; sky: Sky; fromMs: number; toMs: number };

/** One after the other, again and again; how long each lasts is drawn. Milliseconds. */
const ROUND: readonly { sky: Sky; least: number; most: number }[] = [
  { sky: 'rough', least: 3000, most: 8000 },
  { sky: 'out', least: 1500, most: 3500 },
  { sky: 'rough', least: 2000, most: 4000 },
  { sky: 'fair', least: 3000, most: 7000 },
];

/** What is listed has faults of its own (world.ts), and those of all regions at once would hide them. */
const NEVER_OUT: readonly Service[] = ['kinesisvideo', 'kinesis', 'account'];

/** @param lastsMs how long chaos lasts */
export function drawWeather(seed: number, lastsMs: number): Spell[] {
  return SERVICES.flatMap((service) => {
    const random = makeRandom(seed, `weather ${service}`, 0);
    const spells: Spell[] = [];
    let index = Math.floor(random() * ROUND.length);
    for (let fromMs = 0; fromMs < lastsMs; index += 1) {
      const { sky, least, most } = ROUND[index % ROUND.length]!;
      const toMs = Math.min(lastsMs, Math.round(fromMs + least + random() * (most - least)));
      spells.push({ service, sky: sky === 'out' && NEVER_OUT.includes(service) ? 'fair' : sky, fromMs, toMs });
      fromMs = toMs;
    }
    return spells;
  });
}

/** Fair once chaos is over. */
export function skyAt(spells: readonly Spell[], service: Service, sinceStartMs: number): Sky | 'healed' {
  const spell = spells.find(
    (each) => each.service === service && each.fromMs <= sinceStartMs && sinceStartMs < each.toMs,
  );
  return spell?.sky ?? 'healed';
}
