import { expect, test } from "vitest";
import { type Column, columnAt, linesOf, topOf } from "./lineColumns";

const column = (timeMs: number, p50: number | undefined, p95 = p50): Column => ({
  timeMs,
  readings: 2,
  lost: p50 === undefined ? 2 : 0,
  quantiles: p50 === undefined ? undefined : [0, 0, 0, p50, p50, p50, p95 ?? p50, 999],
});

test("the scale ends at the next of 1, 2 and 5, above the fan as well, and a spike is cut", () => {
  expect([0.03, 0.9, 1, 9.3, 21, 142, 900].map((p95) => topOf([column(0, 0.01, p95)]))).toEqual([0.05, 1, 1, 10, 50, 200, 1000]);
  expect([topOf([]), topOf([column(0, undefined)])]).toEqual([1, 1]);
  const ahead = [{ steps: 1, point: 5, intervals: [{ level: 0.9, low: 1, high: 60 }] }];
  expect(topOf([column(0, 9)], { past: [], ahead })).toBe(100);
});

test("the line breaks where nothing was answered and where nothing is known", () => {
  const columns = [column(1_000, 9, 12), column(2_000, undefined), column(3_000, 8), column(9_000, 7)];
  const [times, medians, tops] = linesOf({ columns, stepMs: 1_000, holeMs: 3_500, isSmoke: false });
  expect(times).toEqual([1.5, 2.5, 3.5, 4, 9.5]);
  expect(medians).toEqual([9, null, 8, null, 7]);
  expect(tops).toEqual([12, null, 8, null, 7]);
  expect(linesOf({ columns, stepMs: 1_000, holeMs: 3_500, isSmoke: true })[1]).toEqual([null, null, null, null, null]);
});

test("a moment is found in its column", () => {
  const columns = [column(1_000, 9), column(2_000, 8), column(9_000, 7)];
  expect([900, 1_000, 2_900, 5_000, 9_500].map((ms) => columnAt(columns, ms, 1_000)?.timeMs)).toEqual([undefined, 1_000, 2_000, undefined, 9_000]);
});
