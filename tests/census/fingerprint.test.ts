import { FINGERPRINT_PATTERN, hashOf, makeFingerprinter } from '../../src/census/fingerprint.ts';

describe('the fingerprint', () => {
  const fingerprintOf = (...members: string[]) => {
    const fingerprinter = makeFingerprinter();
    for (const member of members) fingerprinter.add(hashOf(member));
    return fingerprinter.fingerprint();
  };
  const arnOf = (index: number, createdAt = 1_700_000_000_000) =>
    `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/camera-${String(index).padStart(7, '0')}/${createdAt}`;

  test('of nothing is zero', () => {
    expect(fingerprintOf()).toBe('0000000000000000');
  });

  test('is sixteen hexadecimal digits, no more and no fewer', () => {
    for (const print of [fingerprintOf(), fingerprintOf('a')]) expect(print).toMatch(FINGERPRINT_PATTERN);
    for (const other of ['0', 'g'.repeat(16), '0'.repeat(17), 'A'.repeat(16)])
      expect(other).not.toMatch(FINGERPRINT_PATTERN);
  });

  test('stays what it was in earlier releases, so that their runs can be compared', () => {
    expect(fingerprintOf(arnOf(1), arnOf(2))).toMatchInlineSnapshot(`"e4449d418f657cc7"`);
  });

  test('tells as many streams from the same streams', () => {
    const before = fingerprintOf(arnOf(1), arnOf(2), arnOf(3));
    expect(fingerprintOf(arnOf(3), arnOf(1), arnOf(2))).toBe(before);
    expect(fingerprintOf(arnOf(1), arnOf(2), arnOf(4))).not.toBe(before);
    // Deleted and created again.
    expect(fingerprintOf(arnOf(1), arnOf(2), arnOf(3, 1_700_000_000_001))).not.toBe(before);
  });

  test('does not mistake two streams for two others that exchange their names or creation times', () => {
    expect(fingerprintOf(arnOf(1, 5), arnOf(2, 6))).not.toBe(fingerprintOf(arnOf(1, 6), arnOf(2, 5)));
  });

  test('of 50,000 numbered ARNs: no two are alike, and neither half is worse than chance', () => {
    const prints = Array.from({ length: 50_000 }, (_, i) => fingerprintOf(arnOf(i)));
    expect(new Set(prints).size).toBe(prints.length);
    // Of 50,000 random 32-bit words 0.3 pairs are expected to be alike; 6 or more once in a million times.
    for (const half of [prints.map((print) => print.slice(0, 8)), prints.map((print) => print.slice(8))]) {
      expect(half.length - new Set(half).size).toBeLessThan(6);
    }
  });
});
