import { expect, test } from "vitest";
import { Backoff } from "./backoff";

const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => Number(backoff.next()));

test("next doubles up to ten seconds", () => {
  const longest = new Backoff(() => 1);
  expect(waits(longest, 8)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("next leaves at most half of the wait to chance", () => {
  expect(waits(new Backoff(() => 0), 3)).toEqual([125, 250, 500]);
});

test("reset starts anew", () => {
  const backoff = new Backoff(() => 1);
  waits(backoff, 5);
  backoff.reset();
  expect(backoff.next()).toBe(250);
});
