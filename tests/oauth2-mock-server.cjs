// Jest loads no file whose name ends in .mjs, however it is transformed; Node, outside of Jest's context, does.
const { runInThisContext } = require('node:vm');

const { createRequire } = runInThisContext('process').getBuiltinModule('node:module');

module.exports = createRequire(__filename)('oauth2-mock-server');
