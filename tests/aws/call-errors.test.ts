/** What is kept of the text of a denial: one word. What errors mean: tests/aws/list-page.test.ts. */
import { deniedBy } from '../../src/aws/call-errors.ts';

const ARN = 'arn:aws:sts::123456789012:assumed-role/kvs-census-dev-WorkerRole/worker';
const denial = (why: string) => ({
  message: `User: ${ARN} is not authorized to perform: kinesisvideo:ListStreams on resource: arn:aws:kinesisvideo:eu-west-1:123456789012:stream/*${why}`,
});

test.each([
  [' because no identity-based policy allows the kinesisvideo:ListStreams action', 'no-permission'],
  [' because no service control policy allows the kinesisvideo:ListStreams action', 'organisation-policy'],
  [' with an explicit deny in a service control policy', 'organisation-policy'],
  [
    ' with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1',
    'organisation-policy',
  ],
  [' with an explicit deny in a resource control policy', 'organisation-policy'],
  [' with an explicit deny in an identity-based policy', 'another-policy'],
  [' with an explicit deny in a permissions boundary', 'another-policy'],
  [' because no permissions boundary allows the kinesisvideo:ListStreams action', 'another-policy'],
  [' because no session policy allows the kinesisvideo:ListStreams action', 'another-policy'],
  [' with an explicit deny in a VPC endpoint policy', 'another-policy'],
  [' because no VPC endpoint policy allows the kinesisvideo:ListStreams action', 'another-policy'],
  ['', undefined],
  [' with an explicit deny', undefined],
])('a denial "...%s" is by %s', (why, by) => {
  expect(deniedBy(denial(why))).toBe(by);
});

test.each([[undefined], [null], [7]])('a denial without words (%s) tells nothing', (message) => {
  expect(deniedBy({ message })).toBeUndefined();
});
