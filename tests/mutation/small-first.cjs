/** For mutation testing: the order of test files, the small and fast ones first, since the first that fails ends a run. */
const { statSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class SmallFirst extends Sequencer {
  sort(tests) {
    const sizes = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return [...tests].sort((a, b) => sizes.get(a.path) - sizes.get(b.path));
  }
};
