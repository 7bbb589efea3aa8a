import { expect, test } from "vitest";
import { isShown } from "./shown";

test("what another page watched is not shown, and nothing that was not chosen", () => {
  expect(["ecg.bed-1", "net.gateway", "market.AAPL"].map((name) => isShown(name, undefined))).toEqual([true, false, false]);
  expect(["ecg.bed-1", "ecg.bed-2", "net.gateway"].map((name) => isShown(name, ["ecg.bed-2"]))).toEqual([false, true, false]);
  expect(["ecg.bed-1", "net.gateway"].map((name) => isShown(name, ["ecg.*"]))).toEqual([true, false]);
});
