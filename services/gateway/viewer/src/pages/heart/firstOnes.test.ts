import { expect, test } from "vitest";
import { readStreamInfo, type StreamInfo } from "../../wire/streamInfo";
import { firstOnes } from "./firstOnes";

const stream = (name: string, life = "live"): StreamInfo => readStreamInfo({ stream: name, life }) ?? expect.fail(name);

test("firstOnes takes four, bed 2 before bed 10", () => {
  const offered = [1, 2, 3, 4, 10].map((bed) => stream(`ecg.bed-${bed}`));
  expect(firstOnes(offered, [])).toEqual(["ecg.bed-1", "ecg.bed-2", "ecg.bed-3", "ecg.bed-4"]);
});

test("firstOnes passes over what is not live", () => {
  expect(firstOnes([stream("ecg.a", "ended"), stream("ecg.b"), stream("ecg.c", "silent")], [])).toEqual(["ecg.b"]);
});

test("firstOnes shows what is over when there is nothing else", () => {
  expect(firstOnes([stream("ecg.a", "ended")], [])).toEqual(["ecg.a"]);
});

test("firstOnes keeps what is shown and adds what came", () => {
  const offered = [stream("ecg.a"), stream("ecg.b", "silent"), stream("ecg.c")];
  expect(firstOnes(offered, ["ecg.b"])).toEqual(["ecg.a", "ecg.b", "ecg.c"]);
});
