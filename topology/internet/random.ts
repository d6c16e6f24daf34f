/** Park and Miller's generator: from 0 up to 1, the same for the same seed (a whole number from 1 to 2147483646). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}
