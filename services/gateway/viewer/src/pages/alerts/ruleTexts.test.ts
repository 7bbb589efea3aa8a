import { expect, test } from "vitest";
import type { Field, Rule } from "../../session/rules";
import { comparisonsOf, conditionOf, fieldOf, thresholdOf } from "./ruleTexts";

const fields: readonly Field[] = [
  { field: "heart_rate.bpm", label: "heart rate", kind: "number", words: [], unit: "/min" },
  { field: "latency_statistics.windows.p95_ms", label: "95th percentile of round trips", kind: "number", words: [], unit: "ms" },
  { field: "target_state.condition", label: "condition", kind: "word", words: ["up", "down"], unit: "" },
];

const rule: Rule = {
  id: "slow",
  builtIn: false,
  name: "Slow",
  stream: "net.*",
  field: "latency_statistics.p95_ms",
  fieldLabel: "95th percentile of round trips",
  unit: "ms",
  compare: ">",
  threshold: 120,
  forS: 30,
  clear: 100,
  severity: "medium",
  noDataS: 300,
  enabled: true,
};

test("a condition reads as it is judged", () => {
  expect(conditionOf(rule)).toBe("95th percentile of round trips > 120 ms for 30 s, over at 100 ms");
  const { clear: _, ...plain } = rule;
  expect(conditionOf({ ...plain, forS: 0 })).toBe("95th percentile of round trips > 120 ms");
  expect(conditionOf({ ...plain, fieldLabel: "condition", unit: "", compare: "==", threshold: "down" })).toBe("condition == down for 30 s");
});

test("a path finds its field, with brackets and with the list left out", () => {
  for (const path of ["latency_statistics.p95_ms", "latency_statistics.windows.p95_ms", "latency_statistics.windows[seconds=60].p95_ms"])
    expect(fieldOf(path, fields)?.unit).toBe("ms");
  expect(fieldOf("latency_statistics.p50", fields)).toBeUndefined();
});

test("a threshold is as its field has it; what is wrong is left for the gateway to say", () => {
  expect(thresholdOf("120", "number")).toBe(120);
  expect(thresholdOf("true", "boolean")).toBe(true);
  expect(thresholdOf("down", "word")).toBe("down");
  expect(thresholdOf("7", "word")).toBe("7");
  expect(thresholdOf("fast", "number")).toBe("fast");
  expect(thresholdOf("", "number")).toBe("");
});

test("only numbers are compared by size", () => {
  expect(comparisonsOf("word")).toEqual(["==", "!="]);
  expect(comparisonsOf("number")).toContain(">=");
});
