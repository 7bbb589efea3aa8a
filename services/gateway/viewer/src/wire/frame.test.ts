import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeEvent } from "./event";
import { decodeFrame, type Frame, FrameError } from "./frame";

interface Golden {
  readonly frames: readonly { readonly name: string; readonly hex: string; readonly expect: Record<string, unknown> }[];
  readonly refused: readonly { readonly name: string; readonly hex: string; readonly error: string }[];
}

// The same file that the C# tests decode.
const golden = JSON.parse(
  readFileSync(new URL("../../../../../tests/data/frames.golden.json", import.meta.url), "utf8"),
) as Golden;

const bytesOf = (hex: string): ArrayBuffer => {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes.buffer;
};

/** As the golden file writes frames down: 64-bit integers as strings, what a kind lacks left out or zero. */
function written(frame: Frame): Record<string, unknown> {
  const { kind, topic, epoch, rateHz, first, timeNs } = frame;
  const header = {
    kind,
    topic,
    epoch,
    rateHz,
    first: String(first),
    timeNs: String(timeNs),
    scale: 0,
    count: 0,
    channels: 0,
  };
  switch (frame.kind) {
    case "samples":
    case "envelope": {
      const { count, channels } = frame;
      return {
        ...header,
        scale: frame.kind === "envelope" ? frame.scale : 0,
        count,
        channels,
        values: [...frame.values],
      };
    }
    case "gap":
      return {
        ...header,
        missing: String(frame.missing),
        reason: ["unknown", "lost", "dropped", "expired"].indexOf(frame.reason),
      };
    case "event":
      return { ...header, event: writtenEvent(frame.body) };
  }
}

function writtenEvent(bytes: Uint8Array): Record<string, unknown> {
  const { stream, epoch, index, timeNs, madeBy, body } = decodeEvent(bytes);
  const base = { stream, epoch, index: String(index), timeNs: String(timeNs), madeBy };
  if (body.kind !== "beat") return { ...base, body };
  const { rrMs, amplitudeMv, qrsMs, confidence, beatKind } = body;
  return { ...base, beat: { rrMs, amplitudeMv, qrsMs, confidence, class: beatKind } };
}

describe("decodeFrame", () => {
  test.each(golden.frames)("golden frame: $name", ({ hex, expect: expected }) => {
    expect(written(decodeFrame(bytesOf(hex)))).toEqual(expected);
  });

  test.each(golden.refused)("refused: $name", ({ hex, error }) => {
    expect(() => decodeFrame(bytesOf(hex))).toThrow(FrameError);
    try {
      decodeFrame(bytesOf(hex));
    } catch (thrown) {
      expect((thrown as FrameError).rule).toBe(error);
    }
  });

  test("views the samples in place", () => {
    const message = bytesOf(golden.frames[0]?.hex ?? "");
    const frame = decodeFrame(message);
    expect(frame.kind === "samples" && frame.values.buffer).toBe(message);
  });

  test("random bytes decode or are refused by a rule", () => {
    let seed = 1;
    const next = () => {
      seed = (seed * 48271) % 2147483647;
      return seed & 0xff;
    };
    let refused = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: next() % 64 }, next);
      if (bytes.length > 1 && round % 2 === 0) {
        bytes[0] = 1 + (round % 4);
        bytes[1] = 0x10;
      }
      try {
        decodeFrame(bytes.buffer);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FrameError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});
