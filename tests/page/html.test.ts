/** The page as one document. */
import { readFileSync } from 'node:fs';
import { plans } from '../fixtures/plans.ts';
import { closePages, makeReport, makeReportOf } from './harness.ts';

afterEach(closePages);

describe('A report', () => {
  test('names no address but those of its own data, and none that a browser would fetch', async () => {
    const { file } = await makeReport(8);
    const html = readFileSync(file, 'utf8');
    expect(html).not.toMatch(/<(link|img|iframe|object|embed)[^>]+(src|href)="?https?:/i);
    expect(html).not.toMatch(/<script[^>]+src=|@import|url\(["']?http/i);
    expect(html).toContain('default-src &#39;none&#39;');
  });

  test('without scripts the number is there all the same, and what is missing from it', async () => {
    const { file } = await makeReport(6);
    const noscript = /<noscript>(.*?)<\/noscript>/s.exec(readFileSync(file, 'utf8'))?.[1];
    expect(noscript).toMatch(/\d+ streams in 18 of 19 regions: partial .* Missing, unknown, not zero: eu-west-3 \(/);
  });

  test('without scripts regions that are off are named as well', async () => {
    const { file } = await makeReportOf(plans());
    const noscript = /<noscript>(.*?)<\/noscript>/s.exec(readFileSync(file, 'utf8'))?.[1];
    expect(noscript).toContain('Off in this account: af-south-1, ap-east-1, ap-southeast-5, eu-south-2.');
  });
});
