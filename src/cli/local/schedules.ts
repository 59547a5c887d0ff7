/** The logical ids of the two schedules are osls's: function, then `SchedulerSchedule` and a number. */
export const DISPATCH_SCHEDULE = 'DispatcherSchedulerSchedule1';
export const SWEEP_SCHEDULE = 'AggregatorSchedulerSchedule1';
