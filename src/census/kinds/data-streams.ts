/** Kinesis data streams, which video analysis writes to. */
import type { StreamFacts } from '../tally.ts';
import type { KindDescriptor } from './kind.ts';
import { status } from './status.ts';

export const dataStreams: KindDescriptor = {
  words: { one: 'data stream', many: 'data streams', service: 'Kinesis Data Streams' },
  actions: ['kinesis:ListStreams'],
  arnType: 'stream',
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html
  callsPerSecond: 5,
  // No list can be asked for by prefix.
  hasPrefixes: false,
  regions: {
    service: 'kinesis',
    // github.com/boto/botocore, botocore/data/endpoints.json, service kinesis, as of 1.43.11.
    floor: [
      ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1'],
      ...['ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
      ...['ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'cn-north-1', 'cn-northwest-1'],
      ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2'],
      ...['eu-west-3', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1', 'sa-east-1', 'us-east-1'],
      ...['us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-west-1', 'us-west-2'],
    ],
    // https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    optIn: [
      ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
      ...['ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1'],
      ...['me-central-1', 'me-south-1', 'mx-central-1'],
    ],
  },
  facets: [
    status,
    {
      name: 'mode',
      title: 'mode',
      classes: { onDemand: 'on demand', provisioned: 'provisioned', unknown: 'unknown' },
      classOf: classOfMode,
    },
  ],
};

function classOfMode({ mode }: Readonly<StreamFacts>): string {
  if (mode === 'ON_DEMAND') return 'onDemand';
  return mode === 'PROVISIONED' ? 'provisioned' : 'unknown';
}
