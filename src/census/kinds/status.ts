import type { FacetDescriptor, StreamFacts } from '../tally.ts';

/** The services write the status of what they list in the same words. */
export const status: FacetDescriptor = {
  name: 'status',
  title: 'status',
  classes: { active: 'active', creating: 'creating', updating: 'updating', deleting: 'deleting', other: 'other' },
  classOf,
};

function classOf(facts: Readonly<StreamFacts>): string {
  switch (facts.status) {
    case 'ACTIVE':
      return 'active';
    case 'CREATING':
      return 'creating';
    case 'UPDATING':
      return 'updating';
    case 'DELETING':
      return 'deleting';
    default:
      return 'other';
  }
}
