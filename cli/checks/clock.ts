/** Time, so that tests can hold it. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Ends early, without an error, when `signal` is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const clock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(ended, milliseconds);
      signal.addEventListener("abort", ended, { once: true });
      function ended(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", ended);
        resolve();
      }
    }),
};
