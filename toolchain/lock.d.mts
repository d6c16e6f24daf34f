export interface LockOptions {
  /** Seconds to wait for another holder before giving up. Default 1800. */
  readonly seconds?: number;
  /** Takes the line that says for whom it waits. Default: standard error. */
  readonly say?: (line: string) => void;
  /** Milliseconds of waiting before it says so. Default 500. */
  readonly noticeAfter?: number;
}
/** Runs `action` while no other process holds `file`. Released when this process ends, however it ends. */
export function withLock<T>(file: string, action: () => T | Promise<T>, options?: LockOptions): Promise<T>;
