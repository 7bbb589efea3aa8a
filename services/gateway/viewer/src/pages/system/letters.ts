/** A letter for each replica: a map in grey, or of many cells, is read by it. */

/** How many colours the style sheet has. */
const COLOURS = 8;

export interface Mark {
  readonly letter: string;
  /** Index of its colour. */
  readonly colour: number;
}

/** A replica keeps its letter as long as it is there; a letter that is free is given to the next that comes. */
export class Letters {
  readonly #taken = new Map<string, number>();

  /** The marks of those that are there now. */
  of(instances: readonly string[]): ReadonlyMap<string, Mark> {
    for (const gone of [...this.#taken.keys()].filter((name) => !instances.includes(name))) this.#taken.delete(gone);
    for (const name of instances) if (!this.#taken.has(name)) this.#taken.set(name, this.#firstFree());
    return new Map(instances.map((name) => [name, markOf(this.#taken.get(name) ?? 0)]));
  }

  #firstFree(): number {
    const taken = new Set(this.#taken.values());
    let index = 0;
    while (taken.has(index)) index++;
    return index;
  }
}

/** A to Z, then A1 to Z1 and so on. */
const markOf = (index: number): Mark => ({
  letter: String.fromCharCode(65 + (index % 26)) + (index < 26 ? "" : Math.floor(index / 26)),
  colour: index % COLOURS,
});
