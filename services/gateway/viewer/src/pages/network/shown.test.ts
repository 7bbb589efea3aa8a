import { expect, test } from "vitest";
import { csvOf, jsonOf, type Shown } from "./shown";

const shown: readonly Shown[] = [
  {
    stream: "net.a",
    label: 'Game "one", eu',
    region: "eu",
    simulated: false,
    trend: {
      stepMs: 1_000,
      columns: [
        { timeMs: 1_780_000_000_000, readings: 2, lost: 0, quantiles: [1, 2, 3, 4.123456, 5, 6, 7, 8] },
        { timeMs: 1_780_000_001_000, readings: 2, lost: 2, quantiles: undefined },
      ],
      anomalies: [{ metric: "rtt_ms", form: "spike", startMs: 5, endMs: undefined, reason: "why" }],
    },
  },
];

test("CSV has a header, a row a column, and nothing where nothing was answered", () => {
  expect(csvOf(shown).split("\r\n")).toEqual([
    "stream,label,region,simulated,time,readings,lost,min,p10,p25,p50,p75,p90,p95,max",
    'net.a,"Game ""one"", eu",eu,false,2026-05-28T20:26:40.000Z,2,0,1,2,3,4.1235,5,6,7,8',
    'net.a,"Game ""one"", eu",eu,false,2026-05-28T20:26:41.000Z,2,2,,,,,,,,',
    "",
  ]);
});

test("JSON has the same, and the anomalies", () => {
  const [target] = JSON.parse(jsonOf(shown)).targets;
  expect(target.rows.map((row: unknown[]) => row.length)).toEqual([target.columns.length, target.columns.length]);
  expect(target.rows[1]).toEqual([1_780_000_001_000, 2, 2, null, null, null, null, null, null, null, null]);
  expect(target.anomalies).toEqual([{ metric: "rtt_ms", form: "spike", start: 5, end: null, reason: "why" }]);
});
