/** Each `lap` gives the seconds since the one before, the first since the start. */
export function stopwatch(): { lap(): number } {
  let since = performance.now();
  return {
    lap() {
      const now = performance.now();
      const seconds = (now - since) / 1000;
      since = now;
      return seconds;
    },
  };
}
