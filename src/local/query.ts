/** The query protocol of AWS: forms in, XML out. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { escapeXml } from './listen.ts';
import type { ApiError } from './wire.ts';

/** Elements by their names. */
export type Xml = { readonly [name: string]: string | Xml };

export function queryAnswer(namespace: string, action: string, result: Xml): Buffer {
  const inner = { [`${action}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } };
  return Buffer.from(`<${action}Response xmlns="${namespace}">${xml(inner)}</${action}Response>`);
}

export function sendXml(response: ServerResponse, body: Buffer, status = 200): void {
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': body.length,
    'x-amzn-requestid': /<RequestId>([^<]*)</.exec(body.toString())?.[1],
  });
  response.end(body);
}

export function sendXmlError(response: ServerResponse, { status, type, message }: ApiError): void {
  const said = { Type: status < 500 ? 'Sender' : 'Receiver', Code: type, Message: message };
  sendXml(response, Buffer.from(xml({ ErrorResponse: { Error: said, RequestId: randomUUID() } })), status);
}

function xml(value: Xml): string {
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${typeof inner === 'string' ? escapeXml(inner) : xml(inner)}</${name}>`)
    .join('');
}
