import { type Signal, signal } from "@preact/signals";
import { type Nanos, toMillis } from "../time/units";
import type { ModelRecord, PriceOutlook } from "../wire/market";

/** More bars than a chart shows. */
const KEPT = 240;

/** The close of a bar. */
export interface PricePoint {
  readonly epoch: number;
  readonly timeMs: number;
  readonly price: number;
}

/** What is known of one symbol: its last prices, the newest outlook, and the record of each model. */
export class MarketBook {
  readonly outlook: Signal<PriceOutlook | undefined> = signal(undefined);
  readonly records: Signal<ReadonlyMap<string, ModelRecord>> = signal(new Map());
  /** Oldest first. */
  prices: readonly PricePoint[] = [];

  /** A simulation that starts anew has nothing to do with the one before; a market goes on. */
  acceptOutlook(outlook: PriceOutlook, epoch: number, timeNs: Nanos): void {
    const before = outlook.isSimulated ? this.prices.filter((point) => point.epoch === epoch) : this.prices;
    this.prices = [...before.slice(1 - KEPT), { epoch, timeMs: toMillis(timeNs), price: outlook.price }];
    this.outlook.value = outlook;
  }

  acceptRecord(record: ModelRecord): void {
    this.records.value = new Map(this.records.value).set(record.model, record);
  }
}
