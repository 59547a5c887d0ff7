/**
 * A plugin of the Serverless Framework: before anything is packaged, it refuses parameters that cannot be. AWS would refuse
 * some of them in the middle of a deployment, and obey others.
 *
 * Plain JavaScript, because the framework may run on a Node that reads no TypeScript.
 */
const { load, parametersOf } = require('./framework.cjs');

const PACKAGING = /^(package|deploy|deploy function)$/;

module.exports = class CheckParameters {
  constructor(serverless) {
    // Here and not in a hook: the framework's own check of the whole file comes before the hooks, and names no parameter.
    const { commands, isHelpRequest } = serverless.processedInput;
    if (isHelpRequest || !PACKAGING.test(commands.join(' '))) return;
    const { stage, region } = serverless.service.provider;
    const place = { stage, region, nowMs: Date.now() };
    const faults = load('parameters.ts').faultsOf(parametersOf(serverless), place);
    if (faults.length > 0) throw new serverless.classes.Error(faults.join('\n'), 'IMPOSSIBLE_PARAMETERS');
  }
};
