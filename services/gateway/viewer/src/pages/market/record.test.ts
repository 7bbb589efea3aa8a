import { expect, test } from "vitest";
import type { ModelRecord } from "../../wire/market";
import { coinText, hitRateOf, inOrder, signedPercent, skillOf } from "./record";

const record = (hits: number, moves: number, model = "price-2", isShown = true): ModelRecord => ({
  kind: "modelRecord",
  model,
  isShown,
  horizons: [{ steps: 1, outcomes: moves, error: 0.9, naiveError: 1, covered50: 0.5, covered80: 0.8, covered90: 0.9, moves, hits }],
});

test("hitRateOf gives Wilson's interval", () => {
  // Newcombe 1998 (Statistics in Medicine 17:857-872), table I: 81 of 263 and 15 of 148.
  const first = hitRateOf({ hits: 81, moves: 263 }) ?? expect.fail("there are moves");
  const second = hitRateOf({ hits: 15, moves: 148 }) ?? expect.fail("there are moves");
  expect([first.low, first.high].map((x) => x.toFixed(4))).toEqual(["0.2553", "0.3662"]);
  expect([second.low, second.high].map((x) => x.toFixed(4))).toEqual(["0.0624", "0.1605"]);
});

test("hitRateOf without a move is unknown", () => {
  expect(hitRateOf({ hits: 0, moves: 0 })).toBeUndefined();
});

test("skillOf is above zero when the error is below the naive one", () => {
  expect(skillOf({ error: 0.75, naiveError: 1 })).toBe(0.25);
  expect(skillOf({ error: 2, naiveError: 1 })).toBe(-1);
  expect(skillOf({ error: 0, naiveError: 0 })).toBeUndefined();
});

test.each([
  [52, 100, "Direction cannot be told from a coin: 52.0 % of 100 moves were hit (95 %: 42.3 % to 61.5 %)."],
  [5_200, 10_000, "Direction is close to a coin, so far a little better: 52.0 % of 10,000 moves were hit (95 %: 51.0 % to 53.0 %)."],
  [4_800, 10_000, "Direction is close to a coin, so far a little worse: 48.0 % of 10,000 moves were hit (95 %: 47.0 % to 49.0 %)."],
  [0, 0, "Direction is close to a coin; how often it was hit is not known yet."],
])("coinText of %i hits in %i moves says what they allow", (hits, moves, text) => {
  expect(coinText(record(hits, moves))).toBe(text);
});

test("inOrder puts the model that is shown first", () => {
  const models = inOrder([record(1, 2, "price-1", false), record(1, 2, "price-3", false), record(1, 2, "price-2", true)]);
  expect(models.map(({ model }) => model)).toEqual(["price-2", "price-1", "price-3"]);
});

test("signedPercent of next to nothing has no sign", () => {
  expect([0.0123, -0.0123, -0.0001].map((share) => signedPercent(share))).toEqual(["+1.2 %", "−1.2 %", "0.0 %"]);
});
