import { expect, test } from "vitest";
import { millis } from "../../time/units";
import type { Replica } from "../../wire/systemState";
import { cellsOf, summaryOf } from "./partitions";

const replica = (instance: string, partitions: readonly number[], live = partitions, isMissed = false): Replica => ({
  instance,
  isMissed,
  partitions,
  live,
  version: "",
  host: "",
  processId: 0,
  startedMs: millis(0),
  heardMsAgo: 0,
  lagSeconds: 0,
  messages: 0,
  messagesPerSecond: 0,
  streams: 0,
  viewers: 0,
});

test("cellsOf gives each partition to the replica that works on it", () => {
  const cells = cellsOf([replica("a", [0, 2]), replica("b", [1])], 3);
  expect(cells.map(({ owners, state }) => [owners.join(), state])).toEqual([
    ["a", "live"],
    ["b", "live"],
    ["a", "live"],
  ]);
});

test("cellsOf tells who is about to from who does", () => {
  const cells = cellsOf([replica("a", [0, 1], [0]), replica("b", [1, 2], [])], 4);
  expect(cells.map(({ owners, state }) => [owners.join(), state])).toEqual([
    ["a", "live"],
    ["a,b", "catching-up"],
    ["b", "catching-up"],
    ["", "nobody"],
  ]);
});

test("cellsOf shows a partition that two say they work on", () => {
  expect(cellsOf([replica("a", [0]), replica("b", [0])], 1)[0]).toMatchObject({ state: "contested", owners: ["a", "b"] });
});

test("cellsOf takes nothing from a replica that is missed", () => {
  expect(cellsOf([replica("a", [0], [0], true)], 1)[0]).toMatchObject({ state: "nobody", owners: [] });
});

test("summaryOf says no more than there is to say", () => {
  expect(summaryOf(cellsOf([replica("a", [0, 1])], 2))).toBe("2 of 2 partitions live");
  expect(summaryOf(cellsOf([replica("a", [0, 1], [0]), replica("b", [3]), replica("c", [3])], 4))).toBe(
    "1 of 4 partitions live, 1 catching up, 1 nobody's, 1 claimed by several",
  );
});
