/**
 * Plans of thousands of guests are made of short-lived objects. With the default of 16 MiB for these they are copied
 * about before they die: so a large run takes 6 to 10 % less processor time. A worker that just started holds 175 MB as
 * before; after a run of 1,000 guests it keeps 440 MB instead of 330.
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=64'];
