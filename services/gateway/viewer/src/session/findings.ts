import { type Signal, signal } from "@preact/signals";
import { type Millis, toMillis } from "../time/units";
import type { SignalQuality, Variability } from "../wire/alert";
import type { Beat, Forecast, HeartRate, SignalEvent } from "../wire/event";
import { MarketBook } from "./marketBook";
import { Tachogram } from "./tachogram";

/** A finding, when it was true (event time) and when it was heard of (this page's clock). */
export interface Known<T> {
  readonly value: T;
  readonly timeMs: Millis;
  readonly heardMs: Millis;
}

/** The last findings of one stream, each taken once: what is not above the last one's place is a repeat. */
export class Findings {
  readonly heartRate: Signal<Known<HeartRate> | undefined> = signal(undefined);
  readonly beat: Signal<Known<Beat> | undefined> = signal(undefined);
  readonly forecast: Signal<Known<Forecast> | undefined> = signal(undefined);
  readonly quality: Signal<Known<SignalQuality> | undefined> = signal(undefined);
  readonly variability: Signal<Known<Variability> | undefined> = signal(undefined);
  readonly beats = signal(0);
  readonly tachogram = new Tachogram();
  readonly market = new MarketBook();
  repeats = 0;
  readonly #last = new Map<string, SignalEvent>();

  /** False when it was there already. */
  accept(event: SignalEvent, now: Millis): boolean {
    const key = keyOf(event);
    const last = this.#last.get(key);
    if (last && !isAfter(event, last)) {
      this.repeats++;
      return false;
    }
    this.#last.set(key, event);
    this.#show(event, now);
    return true;
  }

  #show({ body, epoch, timeNs }: SignalEvent, heardMs: Millis): void {
    const timeMs = toMillis(timeNs);
    if (body.kind === "heartRate") this.heartRate.value = { value: body, timeMs, heardMs };
    if (body.kind === "forecast") this.forecast.value = { value: body, timeMs, heardMs };
    if (body.kind === "signalQuality") this.quality.value = { value: body, timeMs, heardMs };
    if (body.kind === "variability") this.variability.value = { value: body, timeMs, heardMs };
    if (body.kind === "priceOutlook") this.market.acceptOutlook(body, epoch, timeNs);
    if (body.kind === "modelRecord") this.market.acceptRecord(body);
    if (body.kind === "beat") {
      this.tachogram.add({ timeMs, rrMs: body.rrMs, kind: body.beatKind, isPoor: body.isPoor });
      this.beat.value = { value: body, timeMs, heardMs };
      this.beats.value++;
    }
  }
}

/** Of the same key, a later event follows an earlier one. */
function keyOf({ body }: SignalEvent): string {
  switch (body.kind) {
    case "forecast":
      return `forecast of ${body.target} ${body.steps} ahead`;
    case "modelRecord":
      return `record of ${body.model}`;
    default:
      return body.kind;
  }
}

const isAfter = (event: SignalEvent, last: SignalEvent): boolean =>
  event.epoch > last.epoch || (event.epoch === last.epoch && event.index > last.index);
