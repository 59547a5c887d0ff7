/** All of them, by being imported. */
import './alarms.ts';
import './api.ts';
import './dashboard.ts';
import './environment.ts';
import './ledger.ts';
import './numbers.ts';
import './permissions.ts';
import './policies.ts';
import './sound.ts';
import './tracing.ts';
import './wiring.ts';

export { RULES } from '../judge.ts';
