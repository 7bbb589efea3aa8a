import { expect, test } from "vitest";
import { millis } from "../time/units";
import type { Alert } from "../wire/alert";
import { AlertBook } from "./alertBook";

const alert = (change: Partial<Alert> = {}): Alert => ({
  kind: "alert",
  name: "asystole",
  state: "raised",
  severity: "high",
  startMs: millis(1),
  endMs: undefined,
  evidence: "",
  fingerprint: "a",
  ...change,
});
const at = (index: number, epoch = 1) => ({ epoch, index: BigInt(index) });

test("an alert stands until it is cleared, and then stays as over", () => {
  const book = new AlertBook();
  book.accept("ecg.bed-1", alert(), at(10));
  expect(book.standing.value).toHaveLength(1);
  book.accept("ecg.bed-1", alert({ state: "cleared", endMs: millis(5) }), at(20));
  expect(book.standing.value).toHaveLength(0);
  expect(book.all.value.map(({ state }) => state)).toEqual(["cleared"]);
});

test("what was told before changes nothing", () => {
  const book = new AlertBook();
  book.accept("ecg.bed-1", alert({ state: "cleared" }), at(20));
  book.accept("ecg.bed-1", alert(), at(10));
  book.accept("ecg.bed-1", alert(), at(20));
  expect(book.standing.value).toHaveLength(0);
});

test("the most urgent stand first, of these the oldest", () => {
  const book = new AlertBook();
  book.accept("ecg.bed-1", alert({ fingerprint: "m", severity: "medium", startMs: millis(1), name: "bradycardia" }), at(1));
  book.accept("ecg.bed-2", alert({ fingerprint: "h2", startMs: millis(3) }), at(1));
  book.accept("ecg.bed-3", alert({ fingerprint: "h1", startMs: millis(2) }), at(1));
  expect(book.standing.value.map(({ fingerprint }) => fingerprint)).toEqual(["h1", "h2", "m"]);
});

test("a new alert of the same name takes the place of one whose end was not heard", () => {
  const book = new AlertBook();
  book.accept("ecg.bed-1", alert({ fingerprint: "old", startMs: millis(1) }), at(1));
  book.accept("ecg.bed-1", alert({ fingerprint: "new", startMs: millis(2) }), at(1, 2));
  expect(book.standing.value.map(({ fingerprint }) => fingerprint)).toEqual(["new"]);
});

test("an acknowledgement is kept beside the alert's own states, whichever is heard first", () => {
  for (const isFirst of [true, false]) {
    const book = new AlertBook();
    const seen = alert({ state: "acknowledged", acknowledgedBy: "Anna" });
    if (isFirst) book.accept("ecg.bed-1", seen, at(10));
    book.accept("ecg.bed-1", alert(), at(10));
    if (!isFirst) book.accept("ecg.bed-1", seen, at(10));
    expect(book.standing.value.map(({ state, acknowledgedBy }) => [state, acknowledgedBy])).toEqual([["acknowledged", "Anna"]]);
    book.accept("ecg.bed-1", alert({ state: "cleared" }), at(11));
    expect(book.all.value.map(({ state, acknowledgedBy }) => [state, acknowledgedBy])).toEqual([["cleared", "Anna"]]);
  }
});

test("what nobody has acknowledged stands first", () => {
  const book = new AlertBook();
  book.accept("ecg.bed-1", alert({ fingerprint: "seen" }), at(1));
  book.accept("ecg.bed-1", alert({ fingerprint: "seen", state: "acknowledged" }), at(1));
  book.accept("ecg.bed-2", alert({ fingerprint: "new", severity: "low" }), at(1));
  expect(book.standing.value.map(({ fingerprint }) => fingerprint)).toEqual(["new", "seen"]);
});

test("of those that are over the newest 200 are kept", () => {
  const book = new AlertBook();
  for (let i = 0; i < 300; i++) book.accept("ecg.bed-1", alert({ fingerprint: `${i}`, state: "cleared" }), at(i));
  expect(book.all.value).toHaveLength(200);
  expect(book.all.value.at(-1)?.fingerprint).toBe("299");
});

test("bytes that are no event are counted", () => {
  const book = new AlertBook();
  book.acceptBytes(Uint8Array.of(0x0a, 0xff));
  expect([book.badEvents, book.all.value.length]).toEqual([1, 0]);
});
