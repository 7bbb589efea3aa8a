import { expect, test } from "vitest";
import { millis } from "../time/units";
import type { KnownAlert } from "./alertBook";
import { Notices } from "./notices";

const alert = (name: string, change: Partial<KnownAlert> = {}): KnownAlert => ({
  kind: "alert",
  stream: "net.a",
  name,
  state: "raised",
  severity: "medium",
  startMs: millis(100_000),
  endMs: undefined,
  evidence: "",
  fingerprint: name,
  ...change,
});

test("a lost connection and what is severe are told once", () => {
  const notices = new Notices(90_000);
  const all = [alert("connection_lost"), alert("asystole", { severity: "high" }), alert("latency")];
  expect(notices.next(all).map(({ name }) => name)).toEqual(["connection_lost", "asystole"]);
  expect(notices.next(all)).toEqual([]);
  expect(notices.next([...all, alert("connection_lost", { fingerprint: "another" })])).toHaveLength(1);
});

test("what rises to severe is told then", () => {
  const notices = new Notices(90_000);
  expect(notices.next([alert("latency")])).toEqual([]);
  expect(notices.next([alert("latency", { severity: "high" })])).toHaveLength(1);
});

test("what is over, seen by somebody, or was there long before the page opened is not told", () => {
  const notices = new Notices(1_000_000);
  const startMs = millis(1_000_100);
  expect(
    notices.next([
      alert("connection_lost", { state: "cleared", startMs, fingerprint: "1" }),
      alert("connection_lost", { state: "acknowledged", startMs, fingerprint: "2" }),
      alert("connection_lost", { startMs: millis(900_000), fingerprint: "3" }),
    ]),
  ).toEqual([]);
});
