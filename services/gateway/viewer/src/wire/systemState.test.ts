import { expect, test } from "vitest";
import { readSystemState } from "./systemState";

const answer = {
  time: 1_780_000_000_000,
  gateway: "host-1",
  nats: { state: "open", server: "2.9.10" },
  partitions: 64,
  services: [
    {
      service: "processor",
      replicas: [
        { instance: "host-2", life: "missed", partitions: [1, 2], live: [2], lagSeconds: 0.5, messagesPerSecond: 20 },
      ],
    },
  ],
};

test("readSystemState gives services with their replicas", () => {
  const state = readSystemState(answer);
  expect([state?.gateway, state?.natsState, state?.natsVersion, state?.partitions]).toEqual([
    "host-1",
    "open",
    "2.9.10",
    64,
  ]);
  expect(state?.services[0]?.replicas[0]).toMatchObject({
    instance: "host-2",
    isMissed: true,
    partitions: [1, 2],
    live: [2],
    lagSeconds: 0.5,
    messagesPerSecond: 20,
    viewers: 0,
  });
});

test("readSystemState leaves out what is of another type", () => {
  const odd = { ...answer, nats: "up", services: [7, { service: "x", replicas: [{ live: [1, "2", 3.5] }, null] }] };
  const state = readSystemState(odd);
  expect(state?.natsState).toBe("unknown");
  expect(state?.services.map(({ replicas }) => replicas.map(({ live }) => live))).toEqual([[[1]]]);
});

test.each([undefined, null, [], {}, { gateway: 3 }])("readSystemState of %j is undefined", (value) => {
  expect(readSystemState(value)).toBeUndefined();
});
