import { expect, test } from "vitest";
import { readSystemState } from "../../wire/systemState";
import { columnsOf, lagText } from "./columns";

const replicasOf = (...replicas: readonly object[]) =>
  readSystemState({ gateway: "g", services: [{ service: "any", replicas }] })?.services[0]?.replicas ?? [];

test("columnsOf a service that shares partitions has them and the lag", () => {
  expect(columnsOf("processor", replicasOf({ partitions: [1] }, {}))).toEqual({
    partitions: true,
    lag: true,
    viewers: false,
    messages: "Messages/s",
  });
});

test("columnsOf a gateway has viewers and no partitions", () => {
  expect(columnsOf("gateway", replicasOf({}))).toMatchObject({ partitions: false, viewers: true, messages: "Deliveries/s" });
});

test.each([
  [0, "none"],
  [0.04, "none"],
  [0.25, "0.3 s"],
  [12.4, "12 s"],
])("lagText of %d s is %s", (seconds, text) => {
  expect(lagText(seconds)).toBe(text);
});
