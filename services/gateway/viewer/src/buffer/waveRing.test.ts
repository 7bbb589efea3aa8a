import { expect, test } from "vitest";
import { WaveRing } from "./waveRing";

const ramp = (from: number, count: number) => Float32Array.from({ length: count }, (_, i) => from + i);
const read = (ring: WaveRing, from: number, to: number, channel = 0) =>
  Array.from({ length: to - from }, (_, i) => ring.at(channel, from + i));

test("append keeps what came, at its place", () => {
  const ring = new WaveRing(1, 16);
  ring.append(100, 3, ramp(1, 3));
  expect([ring.start, ring.end, ...read(ring, 99, 104)]).toEqual([100, 103, Number.NaN, 1, 2, 3, Number.NaN]);
});

test("append beyond the capacity forgets the oldest", () => {
  const ring = new WaveRing(1, 8);
  for (let first = 0; first < 20; first += 5) ring.append(first, 5, ramp(first, 5));
  expect([ring.start, ring.end]).toEqual([12, 20]);
  expect(read(ring, 11, 20)).toEqual([Number.NaN, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test("append of more than the ring holds keeps the newest", () => {
  const ring = new WaveRing(1, 4);
  ring.append(0, 10, ramp(0, 10));
  expect(read(ring, 6, 10)).toEqual([6, 7, 8, 9]);
});

test("append after a gap reads NaN in between and counts it", () => {
  const ring = new WaveRing(1, 16);
  ring.append(0, 2, ramp(1, 2));
  ring.append(5, 2, ramp(6, 2));
  expect(read(ring, 0, 7)).toEqual([1, 2, Number.NaN, Number.NaN, Number.NaN, 6, 7]);
  expect(ring.missing).toBe(3);
});

test("a gap longer than the ring leaves nothing old behind", () => {
  const ring = new WaveRing(1, 4);
  ring.append(0, 4, ramp(1, 4));
  ring.append(1_000_000, 1, ramp(9, 1));
  expect([ring.missing, ...read(ring, 999_997, 1_000_001)]).toEqual([999_996, Number.NaN, Number.NaN, Number.NaN, 9]);
});

test("append of a repeat changes nothing, and of an overlap adds what is new", () => {
  const ring = new WaveRing(1, 16);
  ring.append(0, 4, ramp(0, 4));
  ring.append(0, 4, ramp(50, 4));
  ring.append(2, 4, ramp(70, 4));
  expect(read(ring, 0, 6)).toEqual([0, 1, 2, 3, 72, 73]);
  expect([ring.repeated, ring.missing]).toEqual([6, 0]);
});

test("append takes channel after channel", () => {
  const ring = new WaveRing(2, 8);
  ring.append(0, 2, Float32Array.of(1, 2, -1, -2));
  expect([read(ring, 0, 2, 0), read(ring, 0, 2, 1)]).toEqual([
    [1, 2],
    [-1, -2],
  ]);
});

test("appendEnvelope keeps minimum and maximum of every column", () => {
  const ring = new WaveRing(1, 16);
  ring.appendEnvelope(8, 2, 2, Float32Array.of(-1, 1, -2, 2));
  expect(read(ring, 8, 16)).toEqual([-1, -1, 1, 1, -2, -2, 2, 2]);
});

test("skipTo counts a gap once, whoever tells of it", () => {
  const ring = new WaveRing(1, 16);
  ring.append(0, 2, ramp(0, 2));
  ring.skipTo(10);
  ring.append(10, 1, ramp(10, 1));
  expect([ring.missing, ring.end]).toEqual([8, 11]);
});
