import { censusIdOf, kindOf, ownerOf } from '../census/census-id.ts';
import { type Kind, STREAMS } from '../census/kinds.ts';
import { type Place, SOMEWHERE } from './place.ts';
import type { Source } from './reader.ts';

/** The same ledger, asked for another kind: commands name the kind with an option. */
export function ofKind(source: Source, kind: Kind): Source {
  if (kindOf(source.censusId) === kind) return source;
  const { censusId, place = SOMEWHERE } = source;
  return { ...source, censusId: censusIdOf(ownerOf(censusId), kind), place: placeOfKind(place, kind) };
}

function placeOfKind({ options, ...place }: Place, kind: Kind): Place {
  const at = options.indexOf('--kind');
  const rest = at < 0 ? options : options.toSpliced(at, 2);
  return { ...place, options: kind === STREAMS ? rest : [...rest, '--kind', kind] };
}
