/** Where a region lies, as AWS calls it; those that are not known here do without. */
const PLACES: Readonly<Record<string, string>> = {
  'af-south-1': 'Cape Town',
  'ap-east-1': 'Hong Kong',
  'ap-northeast-1': 'Tokyo',
  'ap-northeast-2': 'Seoul',
  'ap-south-1': 'Mumbai',
  'ap-southeast-1': 'Singapore',
  'ap-southeast-2': 'Sydney',
  'ap-southeast-5': 'Malaysia',
  'ca-central-1': 'Canada',
  'cn-north-1': 'Beijing',
  'eu-central-1': 'Frankfurt',
  'eu-south-2': 'Spain',
  'eu-west-1': 'Ireland',
  'eu-west-2': 'London',
  'eu-west-3': 'Paris',
  'me-south-1': 'Bahrain',
  'sa-east-1': 'São Paulo',
  'us-east-1': 'N. Virginia',
  'us-east-2': 'Ohio',
  'us-gov-east-1': 'GovCloud East',
  'us-gov-west-1': 'GovCloud West',
  'us-west-2': 'Oregon',
};

export const placeOf = (region: string): string | null =>
  Object.hasOwn(PLACES, region) ? (PLACES[region] ?? null) : null;
