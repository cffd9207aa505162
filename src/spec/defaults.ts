/** What machines have that do not say otherwise. */
export interface Defaults {
  readonly cpus?: number;
  readonly memory_mb?: number;
  readonly username?: string;
  readonly image?: string;
}
