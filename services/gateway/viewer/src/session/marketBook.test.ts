import { expect, test } from "vitest";
import { nanos } from "../time/units";
import type { PriceOutlook } from "../wire/market";
import { MarketBook } from "./marketBook";

const outlook = (price: number, isSimulated: boolean): PriceOutlook => ({
  kind: "priceOutlook",
  price,
  currency: "USD",
  isSimulated,
  trend: "neutral",
  confidence: 0.5,
  volatilityScore: 0.5,
  horizons: [],
});

const pricesOf = (book: MarketBook) => book.prices.map(({ price }) => price);

test("acceptOutlook keeps the last prices, oldest first", () => {
  const book = new MarketBook();
  for (let bar = 0; bar < 300; bar++) book.acceptOutlook(outlook(bar, false), 7, nanos(BigInt(bar)));
  expect([book.prices.length, book.prices[0]?.price, book.prices.at(-1)?.price]).toEqual([240, 60, 299]);
  expect(book.outlook.value?.price).toBe(299);
});

test("acceptOutlook of another simulation begins anew, of a market goes on", () => {
  const [simulated, real] = [new MarketBook(), new MarketBook()];
  for (const [book, isSimulated] of [[simulated, true], [real, false]] as const) {
    book.acceptOutlook(outlook(1, isSimulated), 7, nanos(1n));
    book.acceptOutlook(outlook(2, isSimulated), 8, nanos(2n));
  }
  expect([pricesOf(simulated), pricesOf(real)]).toEqual([[2], [1, 2]]);
});

test("acceptRecord keeps the last record of each model", () => {
  const book = new MarketBook();
  for (const [model, isShown] of [["price-1", false], ["price-2", false], ["price-2", true]] as const)
    book.acceptRecord({ kind: "modelRecord", model, isShown, horizons: [] });
  expect([...book.records.value].map(([model, { isShown }]) => [model, isShown])).toEqual([["price-1", false], ["price-2", true]]);
});
