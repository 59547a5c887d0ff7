/** Of an organisation's total alone. */
export const OF_ACCOUNTS = ['AccountsCounted', 'AccountsMissing', 'AccountsLost'];

/** The metrics that these services send, as far as an alarm or a dashboard may want them. A misspelt one is never sent. */
export const metricsOf: Record<string, { dimension: string; metrics: string[] }> = {
  'AWS/Lambda': {
    dimension: 'FunctionName',
    metrics: ['Invocations', 'Errors', 'Throttles', 'DestinationDeliveryFailures'],
  },
  'AWS/SQS': {
    dimension: 'QueueName',
    metrics: [
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateAgeOfOldestMessage',
    ],
  },
  'AWS/ApiGateway': { dimension: 'ApiId', metrics: ['4xx', '5xx', 'Count'] },
  'AWS/SNS': { dimension: 'TopicName', metrics: ['NumberOfMessagesPublished'] },
  // What the aggregator prints of a total, of an account's or of an organisation's; the last two only where their alarms are on.
  'kvs-census': {
    dimension: 'stage',
    metrics: [
      ...[
        'Streams',
        'RegionsCounted',
        'RegionsMissing',
        'RegionsNewlyMissing',
        'RegionsLost',
        'RunAge',
        'Calls',
        'Throttles',
        'QuotaPercent',
      ],
      ...OF_ACCOUNTS,
      ...['DropPercent', 'PartialRuns'],
    ],
  },
};
