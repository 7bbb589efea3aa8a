import type { BeatKind } from "../wire/event";

const KEPT = 512;

export interface Mark {
  readonly place: number;
  readonly kind: BeatKind;
}

/** The last R-peaks of an epoch, for drawing: more than any sweep shows. */
export class MarkList {
  readonly #kept: Mark[] = [];
  count = 0;

  add(mark: Mark): void {
    this.#kept[this.count % KEPT] = mark;
    this.count++;
  }

  at(index: number): Mark | undefined {
    return index >= this.count - KEPT && index < this.count ? this.#kept[index % KEPT] : undefined;
  }
}
