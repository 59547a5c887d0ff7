import { inRequests } from '../../../src/functions/answering/requests.ts';

const PLACE = { command: 'kvs-census', options: ['--stage', 'dev'] };
const RUN = '2026-11-20T06:00:00Z';

test.each([
  ['`kvs-census runs` lists those that there are.', '`GET /v1/runs` lists those that there are.'],
  [`Follow it with \`kvs-census watch ${RUN}\`.`, `Follow it with \`GET /v1/runs/${RUN}\`.`],
  [
    `\`kvs-census explain ${RUN} --account organization\` says what to do.`,
    `\`GET /v1/runs/${RUN}/explain?account=organization\` says what to do.`,
  ],
  [
    '`kvs-census latest --account organization --wide` lists them.',
    '`GET /v1/latest?account=organization` lists them.',
  ],
  ['Compare with `kvs-census diff yesterday`.', 'Compare with `GET /v1/diff/yesterday/latest`.'],
  ['Or check --account.', 'Or check account.'],
  [`With --until ${RUN} older ones are looked at.`, `With until=${RUN} older ones are looked at.`],
  ['Start one with `kvs-census run --now --wait`.', 'Start one with `kvs-census run --now --wait --stage dev`.'],
  [`Ask again with \`kvs-census retry ${RUN}\`.`, `Ask again with \`kvs-census retry ${RUN} --stage dev\`.`],
  ['Count once with `npm start -- --kinds channels`.', 'Count once with `npm start -- --kinds channels`.'],
])('%s', (sentence, said) => {
  expect(inRequests(sentence, { kind: 'streams' }, PLACE)).toBe(said);
});

test('a request asks for the same account and kind, unless it names another', () => {
  const whose = { account: '123456789012', kind: 'channels' } as const;
  expect(inRequests('`kvs-census runs`, `kvs-census latest --account organization`', whose, PLACE)).toBe(
    '`GET /v1/runs?account=123456789012&kind=channels`, `GET /v1/latest?account=organization&kind=channels`',
  );
});
