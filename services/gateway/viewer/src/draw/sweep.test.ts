import { describe, expect, test } from "vitest";
import { columnExtent, type Extent, modulo, screenRuns, sweepStep } from "./sweep";

describe("sweepStep", () => {
  test("the first column draws the whole sweep", () => {
    expect(sweepStep(Number.NaN, 1000, 100, 10)).toEqual({ kind: "whole", from: 911, to: 1000 });
  });

  test("a pen that stands draws nothing", () => {
    expect(sweepStep(1000, 1000, 100, 10)).toEqual({ kind: "none" });
  });

  test("a pen that moved draws what it passed", () => {
    expect(sweepStep(1000, 1003, 100, 10)).toEqual({ kind: "columns", from: 1001, to: 1003 });
  });

  test("a pen that jumped a sweep ahead draws the whole", () => {
    expect(sweepStep(1000, 1089, 100, 10).kind).toBe("columns");
    expect(sweepStep(1000, 1090, 100, 10).kind).toBe("whole");
  });

  test("a pen that went back draws the whole", () => {
    expect(sweepStep(1000, 400, 100, 10).kind).toBe("whole");
  });
});

describe("screenRuns", () => {
  test("a run within the screen is one stretch", () => {
    expect(screenRuns(1010, 1019, 100)).toEqual([{ x: 10, width: 10 }]);
  });

  test("a run over the edge goes on at the left", () => {
    expect(screenRuns(1095, 1104, 100)).toEqual([
      { x: 95, width: 5 },
      { x: 0, width: 5 },
    ]);
  });

  test("a run longer than the screen covers it once", () => {
    expect(screenRuns(0, 999, 100)).toEqual([{ x: 0, width: 100 }]);
  });

  test("an empty run covers nothing", () => {
    expect(screenRuns(5, 4, 100)).toEqual([]);
  });

  test("modulo of a time before 1970 is on the screen", () => {
    expect(modulo(-1, 100)).toBe(99);
  });
});

describe("columnExtent", () => {
  const over = (values: readonly number[], from: number, to: number): Extent | undefined => {
    const extent: Extent = { low: 0, high: 0, rising: false };
    const samples = { at: (_: number, place: number) => values[place] ?? Number.NaN };
    return columnExtent(samples, 0, from, to, extent) ? extent : undefined;
  };

  test("keeps the peak of many samples", () => {
    expect(over([0, 0.1, 3, -2, 0.2], 0, 4)).toEqual({ low: -2, high: 3, rising: true });
  });

  test("between two samples it is on the line between them", () => {
    expect(over([0, 10], 0.25, 0.5)).toEqual({ low: 2.5, high: 5, rising: true });
  });

  test("neighbouring columns meet", () => {
    const values = [0, 4, -3, 8, 1, 2];
    for (let from = 0; from < 4; from += 0.7) {
      const one = over(values, from, from + 0.7)!;
      const two = over(values, from + 0.7, from + 1.4)!;
      expect(Math.max(one.low, two.low)).toBeLessThanOrEqual(Math.min(one.high, two.high));
    }
  });

  test("samples that are missing are left out, and a column without any is empty", () => {
    expect(over([1, Number.NaN, 2], 0, 2)).toEqual({ low: 1, high: 2, rising: true });
    expect(over([1, Number.NaN, Number.NaN, 2], 1, 2)).toBeUndefined();
  });

  test("a falling signal says so", () => {
    expect(over([5, 1], 0, 1)?.rising).toBe(false);
  });
});
