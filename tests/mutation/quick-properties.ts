/**
 * For mutation testing: a property that fails has said enough and need not look for a smaller example, and half a second
 * of examples is enough to notice most of what can be noticed.
 */
import fc from 'fast-check';

fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: 500 });
