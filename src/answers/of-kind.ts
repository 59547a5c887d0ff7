import { type CensusId, censusIdOf, kindOf, ownerOf } from '../census/census-id.ts';
import { type Kind, STREAMS } from '../census/kinds.ts';
import { type Place, SOMEWHERE } from './place.ts';
import type { Source } from './reader.ts';

/** The same ledger, asked for another account or kind: commands name with an option what is not the source's own. */
export function ofCensus(source: Source, censusId: CensusId): Source {
  const owner = ownerOf(censusId);
  if (owner === ownerOf(source.censusId)) return ofKind(source, kindOf(censusId));
  const { options, ...place } = source.place ?? SOMEWHERE;
  const named = { ...place, options: [...without(options, '--account'), '--account', owner] };
  return ofKind({ ...source, place: named, censusId: censusIdOf(owner, kindOf(source.censusId)) }, kindOf(censusId));
}

/** The same ledger, asked for another kind: commands name the kind with an option. */
export function ofKind(source: Source, kind: Kind): Source {
  if (kindOf(source.censusId) === kind) return source;
  const { censusId, place = SOMEWHERE } = source;
  return { ...source, censusId: censusIdOf(ownerOf(censusId), kind), place: placeOfKind(place, kind) };
}

function placeOfKind({ options, ...place }: Place, kind: Kind): Place {
  const rest = without(options, '--kind');
  return { ...place, options: kind === STREAMS ? rest : [...rest, '--kind', kind] };
}

function without(options: Place['options'], name: string): Place['options'] {
  const at = options.indexOf(name);
  return at < 0 ? options : options.toSpliced(at, 2);
}
