import { expect, test } from "vitest";
import { ClockOffset } from "./clockOffset";
import { millis } from "./units";

/** An exchange over a link of these delays with a gateway that is ahead by `ahead` and takes 1 ms to answer. */
const exchange = (t0: number, ahead: number, there: number, back: number) => ({
  t0: millis(t0),
  t1: millis(t0 + there + ahead),
  t2: millis(t0 + there + ahead + 1),
  t3: millis(t0 + there + 1 + back),
});

test("best before any exchange is not known", () => {
  expect(new ClockOffset().best).toBeUndefined();
});

test("best over an even link is exact", () => {
  const offset = new ClockOffset();
  offset.add(exchange(1000, 250, 5, 5));
  expect(offset.best).toEqual({ offsetMs: 250, errorMs: 5 });
});

test("best is the shortest round trip's, however many were delayed", () => {
  const offset = new ClockOffset();
  for (const back of [80, 45, 2, 120, 60]) offset.add(exchange(1000, -40, 2, back));
  expect(offset.best).toEqual({ offsetMs: -40, errorMs: 2 });
});

test("best forgets the exchanges of long ago, since clocks drift", () => {
  const offset = new ClockOffset();
  offset.add(exchange(0, 100, 1, 1));
  for (let i = 0; i < 12; i++) offset.add(exchange(i, 103, 4, 4));
  expect(offset.best?.offsetMs).toBe(103);
});

test("add refuses an exchange that ended before it began", () => {
  const offset = new ClockOffset();
  offset.add({ t0: millis(10), t1: millis(5), t2: millis(6), t3: millis(9) });
  expect(offset.best).toBeUndefined();
});
