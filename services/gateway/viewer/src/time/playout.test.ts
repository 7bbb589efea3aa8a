import { expect, test } from "vitest";
import { PlayoutClock } from "./playout";
import { millis } from "./units";

const BATCH_MS = 40;

/** Feeds batches of 40 ms with the given lateness for a while, and gives the playout's position at each frame of 16 ms. */
function play(clock: PlayoutClock, seconds: number, late: (batch: number) => number, fromMs = 0) {
  const seen: { readonly now: number; readonly position: number; readonly available: number }[] = [];
  let batch = Math.floor(fromMs / BATCH_MS);
  let available = batch * BATCH_MS;
  for (let now = fromMs; now < fromMs + seconds * 1000; now += 16) {
    while ((batch + 1) * BATCH_MS + late(batch) <= now) {
      clock.arrived(millis(batch * BATCH_MS), millis((batch + 1) * BATCH_MS + late(batch)));
      batch++;
      available = batch * BATCH_MS;
    }
    const position = clock.position(millis(now));
    if (position !== undefined) seen.push({ now, position, available });
  }
  return seen;
}

test("position before the first batch is not known", () => {
  expect(new PlayoutClock().position(millis(5))).toBeUndefined();
});

test("position moves evenly though samples come in batches", () => {
  const seen = play(new PlayoutClock(), 10, () => 3);
  for (let i = 1; i < seen.length; i++) expect(seen[i]!.position - seen[i - 1]!.position).toBeCloseTo(16, 6);
});

test("position never passes what has come, with jitter, once it has been seen", () => {
  const jitter = (batch: number) => 3 + ((batch * 7919) % 23);
  const settled = play(new PlayoutClock(), 20, jitter).filter(({ now }) => now > 3_000);
  expect(settled.length).toBeGreaterThan(1_000);
  for (const { position, available } of settled) expect(position).toBeLessThanOrEqual(available);
});

test("the delay is a batch and its lateness, and little more", () => {
  const last = play(new PlayoutClock(), 10, () => 3).at(-1)!;
  expect(last.now - last.position).toBeCloseTo(BATCH_MS + 3 + 4, 6);
});

test("the delay grows without a jump when batches come later, and shrinks again", () => {
  const seen = play(new PlayoutClock(), 60, (batch) => (batch > 250 && batch < 400 ? 60 : 3));
  for (let i = 1; i < seen.length; i++) {
    const step = seen[i]!.position - seen[i - 1]!.position;
    expect(step).toBeGreaterThan(15);
    expect(step).toBeLessThan(17);
  }
  const delay = (now: number) => {
    const at = seen.find((s) => s.now >= now)!;
    return at.now - at.position;
  };
  expect(delay(15_500)).toBeCloseTo(104, 0);
  expect(delay(59_000)).toBeCloseTo(47, 0);
});

test("one very late batch does not make the following seconds late", () => {
  const seen = play(new PlayoutClock(), 20, (batch) => (batch === 100 ? 600 : 3)).filter(({ now }) => now > 2_000);
  expect(seen.length).toBeGreaterThan(1_000);
  for (const { now, position } of seen) expect(now - position).toBeCloseTo(BATCH_MS + 3 + 4, 6);
});

test("batches that are late by seconds do not hold the trace back by all of it", () => {
  const seen = play(new PlayoutClock(), 20, (batch) => (batch % 50 === 0 ? 900 : 3)).slice(1);
  for (const { now, position } of seen) expect(now - position).toBeLessThan(500);
});

test("position after a pause is live at once", () => {
  const clock = new PlayoutClock();
  play(clock, 2, () => 3);
  const shown = play(clock, 2, () => 90, 100_000);
  expect(shown.at(-1)!.now - shown.at(-1)!.position).toBeCloseTo(BATCH_MS + 90 + 4, 6);
});
