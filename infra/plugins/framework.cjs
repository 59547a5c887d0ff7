/** What the plugins beside this file ask the framework for. */
const { createRequire } = require('node:module');

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

module.exports = { isPlain, ofFramework, parametersOf };
