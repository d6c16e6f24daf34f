/** Gathers calls that come close together and carries them out as one. */
export class Batch<T> {
  readonly #run: (items: readonly T[]) => Promise<void>;
  #waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #running = false;

  /** `run` carries out several items; when it throws, each item of that batch is tried alone and gets its own error. */
  constructor(run: (items: readonly T[]) => Promise<void>) {
    this.#run = run;
  }

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) {
        this.#running = true;
        // The engine hands out its calls over several turns of the event loop.
        setTimeout(() => void this.#drain(), 5);
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#run(batch.map((entry) => entry.item));
        for (const entry of batch) entry.resolve();
      } catch (error) {
        if (batch.length === 1) batch[0]?.reject(error);
        else for (const entry of batch) await this.#run([entry.item]).then(entry.resolve, entry.reject);
      }
    }
    this.#running = false;
  }
}
