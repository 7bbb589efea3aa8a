import { expect, test } from "vitest";
import { SampleClock } from "./sampleClock";
import { millis, nanos, toMillis } from "./units";

test("timeOf and placeAt are each other's inverse", () => {
  const clock = new SampleClock(1_000_000, millis(1_780_000_000_000), 360);
  expect(clock.timeOf(1_000_000)).toBeCloseTo(1_780_000_000_000, 2);
  expect(clock.placeAt(clock.timeOf(1_000_360))).toBeCloseTo(1_000_360, 3);
  expect(clock.timeOf(1_000_360) - clock.timeOf(1_000_000)).toBeCloseTo(1000, 2);
});

test("toMillis keeps a fraction, also before 1970", () => {
  expect(toMillis(nanos(1_780_000_000_123_456_789n))).toBeCloseTo(1_780_000_000_123.456, 3);
  expect(toMillis(nanos(-1_500_000n))).toBe(-1.5);
});
