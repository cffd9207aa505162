/** What simulated guests hold. */
export interface GuestState {
  /** Jobs by disk path, then by key: how often each was started. A job's folder is on its guest's disk. */
  jobs: Record<string, Record<string, number>>;
}
