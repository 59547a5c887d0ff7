/** The page that holds what it opens with: of a server on this machine, or a report. */
import type { Opening } from './model.ts';
import { openPage } from './page.ts';
import { askServer } from './source.ts';

const opening = JSON.parse(document.getElementById('data')?.textContent ?? '') as Opening;

void openPage(opening, { ask: askServer, busyMs: 1000, calmMs: 2000, session: null });
