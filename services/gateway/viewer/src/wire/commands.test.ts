import { describe, expect, test } from "vitest";
import { millis } from "../time/units";
import { decodeAnswer, encodeCommand } from "./commands";

const bed = {
  topic: 3,
  stream: "ecg.bed-1",
  label: "Bed 1",
  unit: "mV",
  rateHz: 250,
  channels: [{ name: "II", minimum: -2, maximum: 2 }],
  source: "synthetic",
  region: "",
  simulated: true,
  speed: 1,
  epoch: 1780000000,
  epochStart: 1780000000000,
  life: "silent",
  lifeSince: 1780000000500.25,
};

describe("encodeCommand", () => {
  test("subscribe has the protocol's fields and no others", () => {
    const text = encodeCommand({
      cmd: "subscribe",
      id: 1,
      streams: ["ecg.bed-1", "ecg.*"],
      types: ["wave", "finding"],
    });
    expect(text).toBe('{"cmd":"subscribe","id":1,"streams":["ecg.bed-1","ecg.*"],"types":["wave","finding"]}');
  });

  test("time carries t0 with its fraction", () => {
    expect(encodeCommand({ cmd: "time", id: 4, t0: millis(123.5) })).toBe('{"cmd":"time","id":4,"t0":123.5}');
  });
});

describe("decodeAnswer", () => {
  test("accounts give the form and each stream's sums", () => {
    const account = { topic: 3, scale: 2, produced: 100, delivered: 60, thinned: 32, dropped: 8 };
    const text = JSON.stringify({ type: "accounts", step: 2, form: "envelope", streams: [account, 7] });
    expect(decodeAnswer(text)).toEqual({ type: "accounts", form: "envelope", streams: [account] });
  });

  test("subscribed gives each stream with its topic", () => {
    const answer = decodeAnswer(JSON.stringify({ type: "subscribed", id: 1, streams: [bed], patterns: [] }));
    const { topic, epoch, epochStart, lifeSince, ...info } = bed;
    expect(answer).toEqual({
      type: "subscribed",
      id: 1,
      streams: [{ topic: 3, info: { ...info, lifeSinceMs: lifeSince } }],
    });
  });

  test("subscribed leaves out what names no stream", () => {
    const answer = decodeAnswer(JSON.stringify({ type: "subscribed", id: 1, streams: [null, 7, { topic: 1 }, bed] }));
    expect(answer.type === "subscribed" && answer.streams.map((s) => s.info.stream)).toEqual(["ecg.bed-1"]);
  });

  test("an error keeps the id of the command that it refuses", () => {
    const text = '{"type":"error","id":9,"code":"unknown_stream","message":"ecg.bed-9 is not in the catalog."}';
    expect(decodeAnswer(text)).toEqual({
      type: "error",
      id: 9,
      code: "unknown_stream",
      message: "ecg.bed-9 is not in the catalog.",
    });
  });

  test("an error without an id has none", () => {
    expect(decodeAnswer('{"type":"error","code":"bad_json","message":"x"}')).toMatchObject({ id: undefined });
  });

  test.each(["", "[]", "null", "{", '{"type":"tomorrow"}', '{"type":"stream","stream":{}}'])(
    "%j is no concern",
    (text) => {
      expect(decodeAnswer(text)).toEqual({ type: "other" });
    },
  );
});
