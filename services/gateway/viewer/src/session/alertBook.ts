import { computed, type Signal, signal } from "@preact/signals";
import type { Alert, Severity } from "../wire/alert";
import { decodeEvent } from "../wire/event";

/** Alerts that are over, kept for the list. */
const KEPT_OVER = 200;
/** Acknowledgements, kept for alerts that may be heard of yet. */
const KEPT_SEEN = 2_000;

/** An alert and whose it is. */
export interface KnownAlert extends Alert {
  readonly stream: string;
}

interface Place {
  readonly epoch: number;
  readonly index: bigint;
}

/** Every alert that this page has heard of, each once, as it was told last. */
export class AlertBook {
  readonly all: Signal<readonly KnownAlert[]> = signal([]);
  /** Why the alerts of streams that are not watched are not told. */
  readonly problem: Signal<string | undefined> = signal(undefined);
  /** Those that nobody has acknowledged first, of these the most urgent, of these the oldest. */
  readonly standing = computed(() => this.all.value.filter(isStanding).sort(byUrgency));
  badEvents = 0;
  readonly #places = new Map<string, Place>();
  readonly #seenBy = new Map<string, string>();

  acceptBytes(bytes: Uint8Array): void {
    try {
      const event = decodeEvent(bytes);
      if (event.body.kind === "alert") this.accept(event.stream, event.body, event);
    } catch {
      this.badEvents++;
    }
  }

  /** What was told before is passed over; a place tells the order of what was told of one alert. */
  accept(stream: string, alert: Alert, place: Place): void {
    if (alert.state === "acknowledged") {
      this.#acknowledge(alert);
      return;
    }
    const last = this.#places.get(alert.fingerprint);
    if (last && !isAfter(place, last)) return;
    this.#places.set(alert.fingerprint, { epoch: place.epoch, index: place.index });
    // A new alert of the same name means that the end of the one before was never heard.
    const others = this.all.value.filter(
      (other) =>
        other.fingerprint !== alert.fingerprint &&
        !(other.stream === stream && other.name === alert.name && isStanding(other) && other.startMs < alert.startMs),
    );
    this.all.value = this.#kept([...others, this.#seen({ ...alert, stream })]);
  }

  /** A fact of its own, which may be heard before the alert itself. */
  #acknowledge({ fingerprint, acknowledgedBy }: Alert): void {
    this.#seenBy.set(fingerprint, acknowledgedBy ?? "");
    for (const [oldest] of this.#seenBy) {
      if (this.#seenBy.size <= KEPT_SEEN) break;
      this.#seenBy.delete(oldest);
    }
    this.all.value = this.all.value.map((alert) => this.#seen(alert));
  }

  #seen(alert: KnownAlert): KnownAlert {
    const by = this.#seenBy.get(alert.fingerprint);
    if (by === undefined) return alert;
    return { ...alert, acknowledgedBy: by, state: alert.state === "raised" ? "acknowledged" : alert.state };
  }

  #kept(alerts: readonly KnownAlert[]): readonly KnownAlert[] {
    const over = alerts.filter((alert) => !isStanding(alert));
    const tooMany = new Set(over.slice(0, Math.max(0, over.length - KEPT_OVER)));
    for (const { fingerprint } of tooMany) this.#places.delete(fingerprint);
    return tooMany.size === 0 ? alerts : alerts.filter((alert) => !tooMany.has(alert));
  }
}

export const isStanding = ({ state }: Alert): boolean => state !== "cleared";

const ranks: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };

const byUrgency = (a: Alert, b: Alert): number =>
  Number(a.state === "acknowledged") - Number(b.state === "acknowledged") || ranks[a.severity] - ranks[b.severity] || a.startMs - b.startMs;

const isAfter = (place: Place, last: Place): boolean =>
  place.epoch > last.epoch || (place.epoch === last.epoch && place.index > last.index);
