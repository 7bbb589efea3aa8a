import { expect, test } from "vitest";
import { scaleOf } from "./tachogram";

const dots = (...rrMs: number[]) =>
  rrMs.map((rr, i) => ({ timeMs: i, rrMs: rr, kind: "normal" as const, isPoor: false }));

test("scaleOf holds every interval between whole tenths of a second", () => {
  expect(scaleOf(dots(812, 790, 1_430))).toEqual({ low: 700, high: 1_500 });
});

test("scaleOf of even intervals does not magnify their murmur", () => {
  expect(scaleOf(dots(801, 802, 803))).toEqual({ low: 800, high: 1_000 });
});

test("scaleOf without intervals is a usual one", () => {
  expect(scaleOf([])).toEqual({ low: 600, high: 1_000 });
});
