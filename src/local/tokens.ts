/** Page tokens that nobody can read, guess or alter. */
import { makeSeal } from './seal.ts';
import { type ApiError, invalid } from './wire.ts';

/** `position` things were sent on `page` pages before. The page makes tokens of empty pages differ. */
type Place = { position: number; page: number };

export type Tokens = ReturnType<typeof makeTokens>;

const NUMBER_BYTES = 6;
const PLACE_BYTES = 2 * NUMBER_BYTES;

/** A token is a place, sealed for one listing (the binding). */
export function makeTokens(seed: string) {
  const { seal, open } = makeSeal(`page tokens of ${seed}`);

  return {
    seal(place: Place, binding: string): string {
      const plain = Buffer.alloc(PLACE_BYTES);
      plain.writeUIntBE(place.position, 0, NUMBER_BYTES);
      plain.writeUIntBE(place.page, NUMBER_BYTES, NUMBER_BYTES);
      return seal(plain, binding);
    },

    /** @throws ApiError for a token that was altered, made up or sealed for another listing */
    open(token: string, binding: string): Place {
      const plain = open(token, binding);
      if (plain?.length !== PLACE_BYTES) throw badToken();
      return { position: plain.readUIntBE(0, NUMBER_BYTES), page: plain.readUIntBE(NUMBER_BYTES, NUMBER_BYTES) };
    },
  };
}

export function badToken(): ApiError {
  return invalid('The NextToken is not valid for this request.');
}
