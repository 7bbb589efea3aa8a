import { expect, test } from "vitest";
import { freeId } from "./ids";

test("an id comes from the name, and is nobody's", () => {
  expect(freeId("Slow line (EU)", [], "rule")).toBe("slow-line-eu");
  expect(freeId("Slow", ["slow", "slow-2"], "rule")).toBe("slow-3");
  expect(freeId("???", [], "rule")).toBe("rule");
  expect(freeId("default", [], "rule")).toBe("default-2");
  expect([freeId("[::1]:80", [], "target"), freeId("Zürich", [], "target")]).toEqual(["1-80", "zurich"]);
});

test("an id is short, and does not end in a dash for being cut", () => {
  expect(freeId(`${"a".repeat(39)} b`, [], "rule")).toBe("a".repeat(39));
});
