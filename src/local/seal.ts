/** Texts that only whoever sealed them can read, and nobody can alter or guess. */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The same plain bytes under the same binding give the same text in every process that knows the purpose, so that a restarted
 * service knows what it gave.
 */
export function makeSeal(purpose: string) {
  const key = createHash('sha256').update(purpose).digest();

  return {
    /** Base64. @param binding what it is sealed for: under another one it cannot be opened */
    seal(plain: Buffer, binding: string): string {
      const nonce = createHmac('sha256', key).update(binding).update(plain).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(binding));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },

    /** Undefined for a text that was altered, made up or sealed for something else. */
    open(text: string, binding: string): Buffer | undefined {
      const bytes = Buffer.from(text, 'base64');
      // Some base64 texts differ and mean the same bytes; only the one that was given is a seal.
      if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== text) return undefined;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(binding))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        decipher.final();
        return plain;
      } catch {
        return undefined;
      }
    },
  };
}
