/** A plugin of the deployment: an alarm that nobody hears is told of in the last lines, where it is not overlooked. */
const { parametersOf } = require('./framework.cjs');

module.exports = class Listeners {
  constructor(serverless, _options, { log }) {
    let deployed = false;
    this.hooks = {
      'after:deploy:deploy': () => {
        deployed = true;
      },
      finalize: () => {
        const { alarmEmail, alarmTopicArn } = parametersOf(serverless);
        if (!deployed || alarmEmail !== 'none' || alarmTopicArn !== 'none') return;
        const { stage } = serverless.service.provider;
        log.warning(
          'Nobody will hear the alarms of this stack, unless somebody subscribed to its topic by hand. ' +
            `Write "alarmEmail: you@example.com" or an alarmTopicArn into parameters.${stage}.yml, and deploy again.`,
        );
      },
    };
  }
};
