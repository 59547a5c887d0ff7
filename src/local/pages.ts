/** Lists that are told page by page, with a token for the next one. */
import type { Tokens } from './tokens.ts';
import type { ApiError, PageInput } from './wire.ts';

type Of = {
  /** What is listed: a token of one question is none of another. */
  readonly question: string;
  /** For a token that is none. */
  readonly refusal: ApiError;
  /** Always the token that was sent, even after the last page. */
  readonly isLoop: boolean;
};

export function makePages(tokens: Tokens) {
  /** @throws ApiError */
  function placeOf(token: string | undefined, { question, refusal }: Of) {
    if (token === undefined) return { position: 0, page: 0 };
    try {
      return tokens.open(token, question);
    } catch (cause) {
      throw Object.assign(refusal, { cause });
    }
  }

  /** One page of a list, and the token of the next. @throws ApiError */
  return <T>(list: readonly T[], { maxResults, token }: PageInput, of: Of) => {
    const { position, page } = placeOf(token, of);
    const end = Math.min(position + maxResults, list.length);
    const next = () => tokens.seal({ position: end, page: page + 1 }, of.question);
    const nextToken = of.isLoop ? (token ?? next()) : end < list.length ? next() : undefined;
    return { items: list.slice(position, end), ...(nextToken !== undefined && { NextToken: nextToken }) };
  };
}
