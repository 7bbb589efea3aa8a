import { expect, test } from "vitest";
import { millis } from "../../time/units";
import { readStreamInfo } from "../../wire/streamInfo";
import { ageText, countedText, countText, durationText, lifeText } from "./texts";

test.each([
  [-50, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_600_000, "1 h"],
  [200_000_000, "2 d"],
])("durationText of %d ms is %s", (length, text) => {
  expect(durationText(length)).toBe(text);
});

test("ageText below a second is now", () => {
  expect([ageText(900), ageText(2_400)]).toEqual(["now", "2 s ago"]);
});

test.each([
  ["live", "live"],
  ["silent", "silent for 12 s"],
  ["ended", "ended 12 s ago"],
  ["something new", "live"],
])("lifeText of a stream that is %s says %s", (life, text) => {
  const info = readStreamInfo({ stream: "ecg.bed-1", life, lifeSince: 1_000_000 });
  expect(info && lifeText(info, millis(1_012_500))).toBe(text);
});

test("countText groups thousands", () => {
  expect(countText(1234567)).toBe("1,234,567");
});

test("countedText knows one from many", () => {
  expect([0, 1, 2000].map((count) => countedText(count, "gap"))).toEqual(["0 gaps", "1 gap", "2,000 gaps"]);
});
