import { expect, test } from "vitest";
import { changeText, directionText, intervalText, priceText } from "./outlook";

test("priceText gives small prices more digits", () => {
  expect([priceText(187.456), priceText(1.23456)]).toEqual(["187.46", "1.2346"]);
});

test("directionText gives the more probable direction with its own probability", () => {
  expect([0.53, 0.47, 0.5].map((rise) => directionText({ rise }))).toEqual(["↑ up 53.0 %", "↓ down 53.0 %", "up or down 50.0 %"]);
});

test("changeText is of the last price, and unknown without one", () => {
  expect([changeText({ point: 101 }, 100), changeText({ point: 99.5 }, 100), changeText({ point: 1 }, 0)]).toEqual(["+1.00 %", "−0.50 %", "--"]);
});

test("intervalText finds the level in single precision", () => {
  const intervals = [{ level: Math.fround(0.9), low: 98, high: 102 }];
  expect([intervalText({ intervals }, 0.9), intervalText({ intervals }, 0.8)]).toEqual(["98.00–102.00", "--"]);
});
