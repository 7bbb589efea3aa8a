import { expect, test } from "vitest";
import { Percentiles } from "./percentiles";

test("summary of nothing is not known", () => {
  expect(new Percentiles(10).summary).toBeUndefined();
});

test("summary gives median and 95th percentile, whatever the order", () => {
  const subject = new Percentiles(100);
  for (let i = 0; i < 100; i++) subject.add(1 + ((i * 37) % 100));
  expect(subject.summary).toEqual({ median: 50, p95: 95 });
});

test("summary speaks of the last values only", () => {
  const subject = new Percentiles(3);
  for (const value of [1000, 1, 2, 3]) subject.add(value);
  expect(subject.summary).toEqual({ median: 2, p95: 3 });
});
