import { type Millis, millis } from "../time/units";

const FIRST_MS = 250;
/** Short enough that nobody reaches for the reload button. */
const LONGEST_MS = 10_000;

/** Doubles the wait after each failure, half of it by chance, so that viewers do not all return at once. */
export class Backoff {
  #failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  next(): Millis {
    const limit = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures++;
    return millis(limit / 2 + (this.random() * limit) / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
