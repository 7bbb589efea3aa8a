import type { BeatKind } from "../wire/event";

const KEPT = 512;

export interface Mark {
  readonly place: number;
  readonly kind: BeatKind;
  readonly isPoor: boolean;
}

export type StretchQuality = "good" | "poor" | "off";

/** A second of signal, up to a place, and how far it can be trusted. */
export interface Stretch {
  readonly place: number;
  readonly from: number;
  readonly quality: StretchQuality;
}

/** The last R-peaks (or seconds) of an epoch, for drawing: more than any sweep shows. */
export class MarkList<T = Mark> {
  readonly #kept: T[] = [];
  count = 0;

  add(mark: T): void {
    this.#kept[this.count % KEPT] = mark;
    this.count++;
  }

  at(index: number): T | undefined {
    return index >= this.count - KEPT && index < this.count ? this.#kept[index % KEPT] : undefined;
  }
}
