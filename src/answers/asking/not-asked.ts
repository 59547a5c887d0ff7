import { InvalidInputError } from '../../census/errors.ts';

/** What cannot be asked of these runs, whatever the ledger holds: it is whoever asks who said it wrongly. */
export class NotAsked extends InvalidInputError {}
