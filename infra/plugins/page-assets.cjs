/**
 * A plugin of esbuild: whoever serves the hosted page gets the browser's half of it as text in its own bundle, instead of the file
 * that would make it of the sources (src/page/shell-assets.ts). So a function needs neither a bundler nor a file beside it.
 */
const { load } = require('./framework.cjs');

const STANDS_FOR = /[\\/]src[\\/]page[\\/]shell-assets\.ts$/;

module.exports = [
  {
    name: 'page-assets',
    setup(build) {
      build.onLoad({ filter: STANDS_FOR }, async () => {
        const assets = await load('../src/page/bundle.ts').bundlePage('hosted');
        return { contents: `export const loadHostedAssets = async () => (${JSON.stringify(assets)});`, loader: 'js' };
      });
    },
  },
];
