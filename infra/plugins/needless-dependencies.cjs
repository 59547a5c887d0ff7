/**
 * A plugin of the packaging: the framework makes each function depend on its role, which it refers to anyway. cfn-lint and AWS's
 * own validator (W3005) warn of that, and an emulator that asks cfn-lint refuses the template.
 */
module.exports = class NeedlessDependencies {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const resource of Object.values(Resources)) removeRole(resource);
      },
    };
  }
};

function removeRole(resource) {
  const [role] = resource.Properties?.Role?.['Fn::GetAtt'] ?? [];
  if (resource.Type !== 'AWS::Lambda::Function' || role === undefined) return;
  const others = (resource.DependsOn ?? []).filter((id) => id !== role);
  resource.DependsOn = others;
  if (others.length === 0) delete resource.DependsOn;
}
