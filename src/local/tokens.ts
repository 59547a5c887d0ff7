/** Page tokens that nobody can read, guess or alter. */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { type ApiError, invalid } from './wire.ts';

/** `position` things were sent on `page` pages before. The page makes tokens of empty pages differ. */
type Place = { position: number; page: number };

export type Tokens = ReturnType<typeof makeTokens>;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NUMBER_BYTES = 6;
const PLACE_BYTES = 2 * NUMBER_BYTES;

/**
 * A token is a place, sealed for one listing (the binding). The same place gives the same token in every process, so that a
 * restarted service knows the tokens it gave.
 */
export function makeTokens(seed: string) {
  const key = createHash('sha256').update(`page tokens of ${seed}`).digest();

  return {
    seal(place: Place, binding: string): string {
      const plain = Buffer.alloc(PLACE_BYTES);
      plain.writeUIntBE(place.position, 0, NUMBER_BYTES);
      plain.writeUIntBE(place.page, NUMBER_BYTES, NUMBER_BYTES);
      const nonce = createHmac('sha256', key).update(binding).update(plain).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(binding));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },

    /** @throws ApiError for a token that was altered, made up or sealed for another listing */
    open(token: string, binding: string): Place {
      const bytes = Buffer.from(token, 'base64');
      // Some base64 texts differ and mean the same bytes; only the one that was given is a token.
      if (bytes.length !== NONCE_BYTES + TAG_BYTES + PLACE_BYTES || bytes.toString('base64') !== token)
        throw badToken();
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(binding))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        decipher.final();
      } catch (cause) {
        throw badToken(cause);
      }
      return { position: plain.readUIntBE(0, NUMBER_BYTES), page: plain.readUIntBE(NUMBER_BYTES, NUMBER_BYTES) };
    },
  };
}

export function badToken(cause?: unknown): ApiError {
  const error = invalid('The NextToken is not valid for this request.');
  error.cause = cause;
  return error;
}
