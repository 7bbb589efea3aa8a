import { expect, test } from "vitest";
import { readPlace, writePlace } from "./place";

test("readPlace gives page and settings", () => {
  const { page, settings } = readPlace("#/heart?streams=ecg.bed-1,ecg.*&gain=20");
  expect([page, settings.get("streams"), settings.get("gain")]).toEqual(["heart", "ecg.bed-1,ecg.*", "20"]);
});

test.each(["", "#", "#/"])("readPlace of %j is the first page without settings", (hash) => {
  expect(readPlace(hash)).toEqual({ page: "", settings: new Map() });
});

test("writePlace gives what readPlace reads, and leaves stream names readable", () => {
  const place = {
    page: "heart",
    settings: new Map([
      ["streams", "ecg.bed-1,ecg.*"],
      ["odd", "a&b=c"],
    ]),
  };
  expect(writePlace(place)).toBe("#/heart?streams=ecg.bed-1,ecg.*&odd=a%26b%3Dc");
  expect(readPlace(writePlace(place))).toEqual(place);
});
