/** Median and 95th percentile of the last values; sorted only when asked for. */
export class Percentiles {
  readonly #values: Float64Array;
  #count = 0;

  constructor(kept: number) {
    this.#values = new Float64Array(kept);
  }

  add(value: number): void {
    this.#values[this.#count % this.#values.length] = value;
    this.#count++;
  }

  get summary(): { readonly median: number; readonly p95: number } | undefined {
    const count = Math.min(this.#count, this.#values.length);
    if (count === 0) return undefined;
    const sorted = this.#values.slice(0, count).sort();
    return {
      median: sorted[Math.floor((count - 1) / 2)] as number,
      p95: sorted[Math.ceil(0.95 * count) - 1] as number,
    };
  }

  reset(): void {
    this.#count = 0;
  }
}
