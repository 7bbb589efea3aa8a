import { expect, test } from "vitest";
import { afterKey, intervalText, measure } from "./caliper";
import { type Paper } from "./paper";

const paper: Paper = { pxPerMm: 4, mmPerSecond: 25, mmPerUnit: 10 };
const press = (key: string, change: { shiftKey?: boolean; altKey?: boolean } = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ...change,
});

test("measure of 80 px at 100 px/s is 800 ms and 75 a minute, in either direction", () => {
  expect(intervalText(measure({ from: 100, to: 180 }, paper))).toBe("800 ms · 75/min");
  expect(intervalText(measure({ from: 180, to: 100 }, paper))).toBe("800 ms · 75/min");
});

test("measure of nothing has no rate", () => {
  expect(intervalText(measure({ from: 5, to: 5 }, paper))).toBe("0 ms");
});

test("Enter places a second in the middle", () => {
  expect(afterKey(press("Enter"), undefined, 500, paper)).toEqual({ from: 200, to: 300 });
});

test("an arrow moves the right edge, with Alt both, with Shift by ten", () => {
  const span = { from: 200, to: 300 };
  expect(afterKey(press("ArrowRight"), span, 500, paper)).toEqual({ from: 200, to: 301 });
  expect(afterKey(press("ArrowLeft", { shiftKey: true }), span, 500, paper)).toEqual({ from: 200, to: 290 });
  expect(afterKey(press("ArrowLeft", { altKey: true }), span, 500, paper)).toEqual({ from: 199, to: 299 });
});

test("an edge stays on the paper", () => {
  expect(afterKey(press("ArrowRight", { shiftKey: true }), { from: 0, to: 495 }, 500, paper)).toEqual({ from: 0, to: 500 });
});

test("Escape takes it away, and is another's when there is none", () => {
  expect(afterKey(press("Escape"), { from: 1, to: 2 }, 500, paper)).toBe("none");
  expect(afterKey(press("Escape"), undefined, 500, paper)).toBeUndefined();
  expect(afterKey(press("x"), undefined, 500, paper)).toBeUndefined();
});
