/**
 * Answers a browser with the census page, and the page with what it asks for. It belongs behind a server that lets only this
 * machine in (src/local/listen.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerData, failed, isForReading, type PageAnswer, type PageReading, readOf } from './answer.ts';
import { loadAssets } from './assets.ts';
import type { Opening } from './client/model.ts';
import { nothingKnown, readNewest } from './data.ts';
import { pageHtml } from './html.ts';
import { type Assets, contentSecurityPolicy, EVERY_ANSWER, NEVER_FRAMED, SELF } from './policy.ts';

export type PageOptions = Omit<PageReading, 'known'> & {
  /** Absent: they are loaded for the first request. */
  assets?: Promise<Assets>;
};

export function makePageHandler(options: PageOptions): (request: IncomingMessage, response: ServerResponse) => void {
  let loading = options.assets;
  const assets = () => {
    loading ??= loadAssets();
    return loading;
  };
  const reading = { ...options, known: nothingKnown() };
  return (request, response) => {
    request.resume();
    void answer(request, reading, assets).then(({ status, type, body, headers }) => {
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

async function answer(
  { method = '', url = '/' }: IncomingMessage,
  reading: PageReading,
  assets: () => Promise<Assets>,
): Promise<PageAnswer> {
  try {
    const { pathname: path, searchParams: query } = new URL(url, 'http://localhost');
    if (path === '/' && isForReading(method)) return await page(reading, await assets());
    return await answerData({ method, path, query }, reading);
  } catch (error) {
    return failed(error, reading);
  }
}

/** What the page opens with is read for it, so that it shows an answer at once. */
async function page(reading: PageReading, assets: Assets): Promise<PageAnswer> {
  return {
    status: 200,
    type: 'text/html',
    body: pageHtml(await firstData(reading), assets),
    headers: { ...EVERY_ANSWER, 'content-security-policy': contentSecurityPolicy(assets, [SELF]) + NEVER_FRAMED },
  };
}

/** A ledger that cannot be read now may be readable in a moment: the page says what is wrong, and goes on asking. */
async function firstData(reading: PageReading): Promise<Opening> {
  const { censusId, sentenceOf } = reading;
  const first = { form: 'live', censusId } as const;
  try {
    return { ...first, newest: await readOf(censusId, reading, readNewest), problem: null };
  } catch (error) {
    return { ...first, newest: null, problem: sentenceOf(error) };
  }
}
