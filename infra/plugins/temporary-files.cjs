/**
 * A plugin of the packaging: what serverless-esbuild writes into the temporary directory, and does not remove, it writes into its
 * own working folder instead, which it does remove. Must be named before serverless-esbuild.
 */
const { mkdirSync } = require('node:fs');
const { join } = require('node:path');

/** What os.tmpdir() reads on any system. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP'];

module.exports = class TemporaryFiles {
  constructor({ serviceDir }) {
    const folder = join(serviceDir, '.esbuild', 'temporary');
    const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
    const redirect = () => {
      mkdirSync(folder, { recursive: true });
      for (const name of VARIABLES) process.env[name] = folder;
    };
    const restore = () => {
      for (const name of VARIABLES) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': redirect,
      'after:package:createDeploymentArtifacts': restore,
      'before:deploy:function:packageFunction': redirect,
      'after:deploy:function:packageFunction': restore,
    };
  }
};
