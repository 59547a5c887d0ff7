/** What the plugins beside this file ask the framework for, and the rules in infra/ that they ask. */
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { buildSync } = require('esbuild');

/** A package of the framework's own, in the version that it uses. */
const ofFramework = createRequire(require.resolve('serverless/package.json'));

/** The parameters by name: the command line goes before the stage, and that before the default. */
function parametersOf({ configurationInput, processedInput, service }) {
  const { stage } = service.provider;
  const fromFile = [configurationInput.params?.default, configurationInput.params?.[stage]];
  const fromLine = (processedInput.options.param ?? []).map((text) => text.split(/=(.*)/s, 2));
  const entries = [...fromFile.flatMap((params) => Object.entries(params ?? {})), ...fromLine];
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** Whether that is one value, and not a list of them. */
function isPlain(value) {
  return typeof value !== 'object' || value === null;
}

/** What a file exports, which this Node may not be able to read as it is; its path is as seen from infra/. */
function load(name) {
  const file = join(__dirname, '..', name);
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    external: ['esbuild'],
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file).href) },
    write: false,
  });
  const loaded = { exports: {} };
  new Function('module', 'require', outputFiles[0].text)(loaded, require);
  return loaded.exports;
}

module.exports = { isPlain, load, ofFramework, parametersOf };
