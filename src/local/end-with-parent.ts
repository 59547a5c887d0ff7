/**
 * Preloaded into a program that knows nothing of this project (`node --import`): it ends when whoever started it with a
 * channel is gone, also when that was killed and could tell nobody.
 */
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
