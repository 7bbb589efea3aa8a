import { expect, test } from "vitest";
import { runsOf, topOf, type TrendDot } from "./trend";

const dot = (timeMs: number, p50Ms: number, p95Ms = p50Ms): TrendDot => ({ timeMs, p50Ms, p95Ms, loss: 0 });

test("the scale ends at the next of 1, 2 and 5", () => {
  expect([0.03, 0.9, 1, 9.3, 21, 142, 900].map((p95) => topOf([dot(0, p95)]))).toEqual([0.05, 1, 1, 10, 50, 200, 1000]);
  expect(topOf([])).toBe(1);
  expect(topOf([dot(0, 0)])).toBe(1);
});

test("the line breaks where nothing was answered and where nothing was heard", () => {
  const runs = runsOf([dot(1_000, 9), dot(2_000, 9), dot(3_000, 0), dot(4_000, 9), dot(9_000, 9), dot(10_000, 9)]);
  expect(runs.map((run) => run.map(({ timeMs }) => timeMs))).toEqual([[1_000, 2_000], [4_000], [9_000, 10_000]]);
});
