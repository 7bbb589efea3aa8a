import { expect, test } from "vitest";
import { millis } from "../../time/units";
import { alarmName, titleSign } from "./alarmTexts";

test("alarmName of a known and an unknown name are words", () => {
  expect(alarmName({ name: "lead_off" })).toBe("Lead off");
  expect(alarmName({ name: "packet_loss" })).toBe("Packet loss");
});

test("titleSign tells the first one's priority and how many stand", () => {
  const alert = {
    kind: "alert",
    stream: "ecg.bed-1",
    name: "asystole",
    state: "raised",
    severity: "high",
    startMs: millis(0),
    endMs: undefined,
    evidence: "",
    fingerprint: "",
  } as const;
  expect(titleSign([alert, { ...alert, severity: "low" }])).toBe("(!!! 2) ");
  expect(titleSign([])).toBe("");
});
