/**
 * Bytes of an item, as DynamoDB bills them and holds them against its 400 KB:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html. Of sets it says
 * nothing: here they are their members, as dynalite has it, which was held against the service.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../src/aws/items.ts';

export function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + bytesOf(name) + valueSize(value), 0);
}

const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8');

function valueSize({ S, N, L, M, SS, NS }: AttributeValue): number {
  if (S !== undefined) return bytesOf(S);
  if (N !== undefined) return numberSize(N);
  if (L !== undefined) return 3 + L.reduce((sum, element) => sum + 1 + valueSize(element), 0);
  if (M !== undefined) return 3 + Object.keys(M).length + sizeOf(M);
  if (SS !== undefined) return SS.reduce((sum, member) => sum + bytesOf(member), 0);
  if (NS !== undefined) return NS.reduce((sum, member) => sum + numberSize(member), 0);
  return 1;
}

/** Zeros at both ends do not count. */
function numberSize(text: string): number {
  const digits = text.replace(/^-|\.|e.*$/gi, '').replace(/^0+|0+$/g, '');
  return 1 + Math.ceil(digits.length / 2);
}
