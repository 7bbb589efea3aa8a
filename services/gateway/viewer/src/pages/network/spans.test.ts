import { expect, test } from "vitest";
import { SPANS, stepOf } from "./spans";

test("columns are round, many for a line, with several readings each for smoke", () => {
  expect(SPANS.map((span) => stepOf(span, "line"))).toEqual([100, 200, 1_000, 5_000, 20_000, 120_000, 300_000]);
  expect(SPANS.map((span) => stepOf(span, "smoke"))).toEqual([500, 1_000, 5_000, 20_000, 60_000, 300_000, 1_200_000]);
});
