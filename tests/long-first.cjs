/**
 * The order of the test files: those that wait, for a stack or for many schedules, first. A fresh clone knows no durations, and
 * would begin the longest of them last, alone, on one of two processors.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const LONG = /[\\/]tests[\\/](simulation|stack)[\\/]/;

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))];
  }
};
