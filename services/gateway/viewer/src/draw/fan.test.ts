import { expect, test } from "vitest";
import { bandsOf, type Fan, priceScaleOf } from "./fan";

const fan: Fan = {
  past: [
    { epoch: 1, price: 99 },
    { epoch: 1, price: 100 },
  ],
  ahead: [
    { steps: 1, point: 100, intervals: [{ level: 0.5, low: 99, high: 101 }, { level: 0.9, low: 98, high: 102 }] },
    { steps: 12, point: 101, intervals: [{ level: 0.5, low: 97, high: 104 }, { level: 0.9, low: 92, high: 109 }] },
  ],
};

test("bandsOf gives wide before narrow, each opening at the last price", () => {
  expect(bandsOf(fan)).toEqual([
    { level: 0.9, edge: [{ steps: 0, low: 100, high: 100 }, { steps: 1, low: 98, high: 102 }, { steps: 12, low: 92, high: 109 }] },
    { level: 0.5, edge: [{ steps: 0, low: 100, high: 100 }, { steps: 1, low: 99, high: 101 }, { steps: 12, low: 97, high: 104 }] },
  ]);
});

test("bandsOf without a price is nothing", () => {
  expect(bandsOf({ ...fan, past: [] })).toEqual([]);
});

test("priceScaleOf holds the widest interval and marks round prices", () => {
  const scale = priceScaleOf(fan) ?? expect.fail("there are prices");
  expect(scale.low).toBeLessThan(92);
  expect(scale.high).toBeGreaterThan(109);
  expect([scale.ticks, scale.digits]).toEqual([[95, 100, 105], 0]);
});

test("priceScaleOf of small prices has digits enough to tell its marks apart", () => {
  const past = [0.0121, 0.0124].map((price) => ({ epoch: 1, price }));
  const { ticks, digits } = priceScaleOf({ past, ahead: [] }) ?? expect.fail("there are prices");
  expect(new Set(ticks.map((tick) => tick.toFixed(digits))).size).toBe(ticks.length);
  expect(ticks.length).toBeGreaterThan(1);
});

test("priceScaleOf of a price that never moves has it inside", () => {
  const { low, high } = priceScaleOf({ past: [{ epoch: 1, price: 50 }], ahead: [] }) ?? expect.fail("there is a price");
  expect(low < 50 && 50 < high).toBe(true);
});

test("priceScaleOf of nothing, or of what is no number, is none", () => {
  expect(priceScaleOf({ past: [], ahead: [] })).toBeUndefined();
  expect(priceScaleOf({ past: [{ epoch: 1, price: Number.NaN }], ahead: [] })).toBeUndefined();
});
