/**
 * A plugin: what a stage is deployed with lies in parameters.<stage>.yml beside serverless.yml, if there is such a file. So the
 * next deployment has the same settings, whoever makes it; the command line goes before the file. The stack notes what it
 * was deployed with in its output Settings, and a deployment says what it changes.
 */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { isPlain, ofFramework, parametersOf } = require('./framework.cjs');

const OUTPUT = 'Settings';

module.exports = class Settings {
  constructor(serverless, _options, { log }) {
    // Before the framework asks for parameters, and before check-parameters.cjs looks at them.
    const { stage } = serverless.service.provider;
    const { configurationInput } = serverless;
    // Packaged for a laptop or for a test, the stack is what serverless.yml says.
    const file = process.env.KVS_CENSUS_PARAMETERS_FILE ?? `parameters.${stage}.yml`;
    const ofStage = readFile(serverless, file);
    const { params } = configurationInput;
    configurationInput.params = { ...params, [stage]: { ...params?.[stage], ...ofStage } };

    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => note(serverless),
      'before:deploy:deploy': () => tellChanges(serverless, log),
    };
  }
};

/** @throws one sentence for what is no list of names and values; the names and values are checked elsewhere */
function readFile(serverless, name) {
  const file = join(serverless.serviceDir, name);
  if (name === '' || !existsSync(file)) return {};
  const expected = 'expected lines such as "callsPerSecond: 20".';
  const refuse = (what) => new serverless.classes.Error(`${name} ${what}; ${expected}`, 'MALFORMED_PARAMETERS_FILE');
  let content;
  try {
    content = ofFramework('js-yaml').load(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refuse(`cannot be read (${String(error.message).split('\n')[0]})`);
  }
  if (content === undefined || content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw refuse('is not a list of parameters');
  const [strange] = Object.entries(content).find(([, value]) => !isPlain(value)) ?? [];
  if (strange !== undefined) throw refuse(`has more than one value for ${strange}`);
  return content;
}

function note(serverless) {
  serverless.service.provider.compiledCloudFormationTemplate.Outputs[OUTPUT] = {
    Description: 'The parameters of the deployment.',
    Value: JSON.stringify(settingsOf(serverless)),
  };
}

function settingsOf(serverless) {
  const entries = Object.entries(parametersOf(serverless)).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function tellChanges(serverless, log) {
  const deployed = await deployedSettings(serverless);
  if (deployed === undefined) return;
  const wanted = settingsOf(serverless);
  // What a new release brings is no setting of anybody's.
  const before = { ...serverless.configurationInput.params.default, ...deployed };
  const names = [...new Set([...Object.keys(deployed), ...Object.keys(wanted)])].sort();
  const changes = names.filter((name) => String(before[name]) !== wanted[name]);
  if (changes.length === 0) return;
  log.notice('This deployment changes settings:');
  for (const name of changes) log.notice(`  ${name}: ${before[name]} -> ${wanted[name] ?? '(gone)'}`);
}

/** Nothing before the first deployment, of a stack that noted nothing, or if the stack cannot be read: the deployment itself will tell. */
async function deployedSettings(serverless) {
  const provider = serverless.getProvider('aws');
  const { DescribeStacksCommand } = ofFramework('@aws-sdk/client-cloudformation');
  try {
    const client = await provider.getCloudFormationClient();
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: provider.naming.getStackName() }));
    const { OutputValue } = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUT) ?? {};
    return OutputValue && JSON.parse(OutputValue);
  } catch {
    return undefined;
  }
}
