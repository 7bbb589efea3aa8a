import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { decodeEvent } from "./event";
import { EventSchema } from "./gen/signalstream/v1/events_pb";

const encode = (init: Parameters<typeof create<typeof EventSchema>>[1]): Uint8Array =>
  toBinary(EventSchema, create(EventSchema, init));

test("decodeEvent of a heart rate gives the rate", () => {
  const bytes = encode({
    stream: "ecg.bed-1",
    body: { case: "heartRate", value: { bpm: 72.5, instantaneousBpm: 75, intervals: 12, confidence: 1 } },
  });
  expect(decodeEvent(bytes).body).toEqual({
    kind: "heartRate",
    bpm: 72.5,
    instantaneousBpm: 75,
    intervals: 12,
    confidence: 1,
  });
});

test("decodeEvent of a withheld heart rate gives the reason and no rate", () => {
  const bytes = encode({ stream: "ecg.bed-1", body: { case: "heartRate", value: { withheld: "lead off" } } });
  expect(decodeEvent(bytes).body).toEqual({ kind: "heartRate", withheld: "lead off", intervals: 0, confidence: 0 });
});

test("decodeEvent of a forecast keeps its intervals", () => {
  const value = { target: "rr_ms", steps: 1, point: 800, unit: "ms", intervals: [{ level: 0.5, low: 760, high: 840 }] };
  expect(decodeEvent(encode({ body: { case: "forecast", value } })).body).toEqual({ kind: "forecast", ...value });
});

test("decodeEvent of an alert tells when it began and whether it is over", () => {
  const value = { name: "asystole", state: 1, severity: 3, startNs: 1_500_000n, evidence: "none", fingerprint: "f" };
  const { body } = decodeEvent(encode({ stream: "ecg.bed-1", body: { case: "alert", value } }));
  expect(body).toEqual({
    kind: "alert",
    name: "asystole",
    state: "raised",
    severity: "high",
    startMs: 1.5,
    endMs: undefined,
    evidence: "none",
    fingerprint: "f",
  });
  const over = decodeEvent(encode({ body: { case: "alert", value: { ...value, state: 2, endNs: 2_000_000n } } }));
  expect(over.body).toMatchObject({ state: "cleared", endMs: 2 });
});

test("decodeEvent of a signal quality gives each lead", () => {
  const value = { index: 0.5, leads: [{ index: 0.5, noise: true }, { leadOff: true, flat: true }] };
  expect(decodeEvent(encode({ body: { case: "signalQuality", value } })).body).toEqual({
    kind: "signalQuality",
    index: 0.5,
    leads: [
      { index: 0.5, leadOff: false, flat: false, saturated: false, noise: true },
      { index: 0, leadOff: true, flat: true, saturated: false, noise: false },
    ],
  });
});

test("decodeEvent of a body that is not known says so", () => {
  expect(decodeEvent(encode({ stream: "net.eu" })).body).toEqual({ kind: "unknown" });
});

test("decodeEvent of bytes that are no message throws", () => {
  expect(() => decodeEvent(Uint8Array.of(0x0a, 0xff))).toThrow();
});

test("decodeEvent of an outlook gives the trend as a word and the fan", () => {
  const horizons = [{ steps: 1, point: 100.5, rise: 0.5, intervals: [{ level: 0.5, low: 99, high: 102 }] }];
  const value = { price: 100, currency: "USD", simulated: true, trend: 2, confidence: 0.5, volatilityScore: 0.25, horizons };
  const { log, body } = decodeEvent(encode({ stream: "market.AAPL", body: { case: "priceOutlook", value } }));
  const { simulated: isSimulated, ...rest } = value;
  expect([log, body]).toEqual(["forecast", { kind: "priceOutlook", ...rest, isSimulated, trend: "bullish" }]);
});

test("decodeEvent of a model's record counts in numbers", () => {
  const horizon = { steps: 1, outcomes: 100n, error: 0.9, naiveError: 1, covered50: 0.5, covered80: 0.8, covered90: 0.9, moves: 98n, hits: 50n };
  const value = { model: "price-2", shown: true, horizons: [horizon] };
  expect(decodeEvent(encode({ stream: "market.AAPL", body: { case: "modelRecord", value } })).body).toEqual({
    kind: "modelRecord",
    model: "price-2",
    isShown: true,
    horizons: [{ ...horizon, outcomes: 100, moves: 98, hits: 50 }],
  });
});
