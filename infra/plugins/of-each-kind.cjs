/** A plugin of the packaging: what there is once for each kind that is counted (infra/of-each-kind.yml) goes into the template. */
const { load, parametersOf } = require('./framework.cjs');

module.exports = class OfEachKind {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { custom, provider } = serverless.service;
        const template = provider.compiledCloudFormationTemplate;
        const parts = load('kinds.ts').partsOfEachKind(custom.ofEachKind, String(parametersOf(serverless).kinds));
        for (const [section, entries] of Object.entries(parts)) {
          template[section] = { ...template[section], ...entries };
        }
      },
    };
  }
};
