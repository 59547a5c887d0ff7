/** `kvs-census report`: what it writes, and what it says of that. */
import { readFileSync } from 'node:fs';
import { closePages, makeReport } from '../../page/harness.ts';

afterEach(closePages);

describe('`kvs-census report`', () => {
  test('writes one file and says what it wrote', async () => {
    const { code, out, file } = await makeReport(8);
    expect(code).toBe(0);
    expect(out).toMatch(/^Wrote 8 runs to .*census\.html \(\d+ kB\)\.\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('--last takes the newest ones only', async () => {
    const { out } = await makeReport(8, ' --last 3');
    expect(out).toContain('Wrote 3 runs');
  });
});
