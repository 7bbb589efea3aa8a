import { computed, type Signal, signal } from "@preact/signals";
import type { Alert, Severity } from "../wire/alert";
import { decodeEvent } from "../wire/event";

/** Alerts that are over, kept for the list. */
const KEPT_OVER = 200;

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
  /** The most urgent first, of these the oldest. */
  readonly standing = computed(() => this.all.value.filter(isStanding).sort(byUrgency));
  badEvents = 0;
  readonly #places = new Map<string, Place>();

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
    const last = this.#places.get(alert.fingerprint);
    if (last && !isAfter(place, last)) return;
    this.#places.set(alert.fingerprint, { epoch: place.epoch, index: place.index });
    // A new alert of the same name means that the end of the one before was never heard.
    const others = this.all.value.filter(
      (other) =>
        other.fingerprint !== alert.fingerprint &&
        !(other.stream === stream && other.name === alert.name && isStanding(other) && other.startMs < alert.startMs),
    );
    this.all.value = this.#kept([...others, { ...alert, stream }]);
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

const byUrgency = (a: Alert, b: Alert): number => ranks[a.severity] - ranks[b.severity] || a.startMs - b.startMs;

const isAfter = (place: Place, last: Place): boolean =>
  place.epoch > last.epoch || (place.epoch === last.epoch && place.index > last.index);
