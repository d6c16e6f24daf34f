/**
 * Waits until `look` answers undefined ("it holds"); any other answer tells what it saw instead. Looks again after a
 * short while that grows from 5 ms to 100 ms. Fails after `within` milliseconds with the last answer.
 */
export async function waitFor(what: string, within: number, look: () => Promise<string | undefined>): Promise<void> {
  const deadline = performance.now() + within;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    const seen = await look();
    if (seen === undefined) return;
    if (performance.now() > deadline) throw new Error(`Waited ${within / 1000} s for ${what}; last seen: ${seen}.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
