import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { millis } from "../time/units";
import { FakeSocket } from "../wire/fakeSocket";
import { EventSchema } from "../wire/gen/signalstream/v1/events_pb";
import { Session } from "./session";

const sockets: FakeSocket[] = [];

const start = (): Session => {
  const session = new Session({
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    now: () => millis(performance.now()),
    originMs: millis(1_000_000),
  });
  session.start();
  return session;
};

const socket = (): FakeSocket => sockets.at(-1) ?? expect.fail("no socket was opened");
const sent = (cmd: string) =>
  socket()
    .sent.map((text) => JSON.parse(text) as Command)
    .filter((command) => command.cmd === cmd);
const answer = (body: object) => socket().says(JSON.stringify(body));

interface Command {
  readonly cmd: string;
  readonly id: number;
  readonly streams: readonly string[];
  readonly t0: number;
  readonly from?: object;
}

const bed = (number: number, topic: number) => ({
  topic,
  stream: `ecg.bed-${number}`,
  label: `Bed ${number}`,
  life: "live",
});

const line = (number: number) => ({ topic: number, stream: `net.a-${number}`, label: `Line ${number}`, life: "live" });

const subscribed = (...streams: object[]) =>
  answer({ type: "subscribed", id: sent("subscribe").at(-1)?.id, streams, patterns: [] });

interface Placed {
  readonly topic: number;
  readonly epoch?: number;
  readonly first: number;
}

function samples({ topic, epoch = 1, first }: Placed, values: readonly number[]): ArrayBuffer {
  const message = header(1, values.length, topic, epoch, first, 4 * values.length);
  new Float32Array(message, 32).set(values);
  return message;
}

function gap({ topic, epoch = 1, first }: Placed, missing: number, reason: number): ArrayBuffer {
  const message = header(4, 0, topic, epoch, first, 9);
  new DataView(message).setBigUint64(32, BigInt(missing), true);
  new DataView(message).setUint8(40, reason);
  return message;
}

function beat({ topic, epoch = 1, first }: Placed): ArrayBuffer {
  const event = create(EventSchema, { epoch, index: BigInt(first), body: { case: "beat", value: { rrMs: 800 } } });
  const bytes = toBinary(EventSchema, event);
  const message = header(3, 0, topic, epoch, 0, bytes.length);
  new Uint8Array(message, 32).set(bytes);
  return message;
}

function header(
  kind: number,
  count: number,
  topic: number,
  epoch: number,
  first: number,
  payload: number,
): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(32 + payload));
  view.setUint8(0, kind);
  view.setUint8(1, 0x10);
  view.setUint16(2, count, true);
  view.setUint32(4, topic, true);
  view.setUint32(8, epoch, true);
  view.setFloat32(12, 250, true);
  view.setBigUint64(16, BigInt(first), true);
  return view.buffer;
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets.length = 0;
});
afterEach(() => vi.useRealTimers());

describe("watch", () => {
  test("before the connection is open is asked for once it is", () => {
    const session = start();
    session.watch(["ecg.bed-1"]);
    socket().opens();
    expect(sent("subscribe").map(({ streams }) => streams)).toEqual([["ecg.bed-1"]]);
  });

  test("asks for what is new and lets go of what is gone", () => {
    const session = start();
    socket().opens();
    session.watch(["ecg.bed-1", "ecg.bed-2"]);
    subscribed(bed(1, 1), bed(2, 2));
    session.watch(["ecg.bed-2", "ecg.bed-3"]);
    expect(sent("subscribe").at(-1)?.streams).toEqual(["ecg.bed-3"]);
    expect(sent("unsubscribe").map(({ streams }) => streams)).toEqual([["ecg.bed-1"]]);
    expect(session.watched.value.map(({ name }) => name)).toEqual(["ecg.bed-2", "ecg.bed-3"]);
  });

  test("of a pattern shows what it takes in, also later, by name", () => {
    const session = start();
    socket().opens();
    session.watch(["ecg.*"]);
    subscribed(bed(10, 1), bed(2, 2));
    answer({ type: "stream", stream: bed(1, 3) });
    expect(session.watched.value.map(({ name }) => name)).toEqual(["ecg.bed-1", "ecg.bed-2", "ecg.bed-10"]);
  });
});

describe("a refusal", () => {
  test("of one stream is told at that stream", () => {
    const session = start();
    socket().opens();
    session.watch(["ecg.bed-9"]);
    answer({ type: "error", id: sent("subscribe")[0]?.id, code: "unknown_stream", message: "ecg.bed-9 is unknown." });
    expect(session.watched.value[0]?.problem.value).toBe("ecg.bed-9 is unknown.");
    expect(session.refusal.value).toBeUndefined();
  });

  test("of several asks again for those on the list only", () => {
    const session = start();
    socket().opens();
    session.list(["ecg.bed-1"]);
    session.watch(["ecg.bed-1", "ecg.bed-9"]);
    answer({ type: "error", id: sent("subscribe")[0]?.id, code: "unknown_stream", message: "ecg.bed-9 is unknown." });
    expect(sent("subscribe").map(({ streams }) => streams)).toEqual([["ecg.bed-1", "ecg.bed-9"], ["ecg.bed-1"]]);
    expect(session.watched.value.map(({ problem }) => problem.value)).toEqual([
      undefined,
      "ecg.bed-9 is not in the catalog.",
    ]);
  });

  test("ends when the stream is on the list at last", () => {
    const session = start();
    socket().opens();
    session.watch(["ecg.bed-9"]);
    answer({ type: "error", id: sent("subscribe")[0]?.id, code: "unknown_stream", message: "ecg.bed-9 is unknown." });
    session.list(["ecg.bed-1"]);
    expect(sent("subscribe")).toHaveLength(1);
    session.list(["ecg.bed-1", "ecg.bed-9"]);
    expect(sent("subscribe").at(-1)?.streams).toEqual(["ecg.bed-9"]);
    expect(session.watched.value[0]?.problem.value).toBeUndefined();
  });

  test("without an id is told by itself", () => {
    const session = start();
    socket().opens();
    answer({ type: "error", code: "bad_json", message: "No JSON." });
    expect(session.refusal.value).toBe("No JSON.");
  });
});

describe("frames", () => {
  const watching = () => {
    const session = start();
    socket().opens();
    session.watch(["ecg.bed-1"]);
    subscribed(bed(1, 5));
    return session.watched.value[0] ?? expect.fail("nothing is watched");
  };

  test("go to the stream of their topic, others nowhere", () => {
    const stream = watching();
    socket().says(samples({ topic: 5, first: 0 }, [1, 2]));
    socket().says(samples({ topic: 6, first: 2 }, [3, 4]));
    expect([stream.wave.frames, stream.wave.current?.samples.end]).toEqual([1, 2]);
  });

  test("that are missing count as one gap, whether told of or not", () => {
    const stream = watching();
    socket().says(samples({ topic: 5, first: 0 }, [1, 2]));
    socket().says(gap({ topic: 5, first: 2 }, 8, 2));
    socket().says(samples({ topic: 5, first: 10 }, [1, 2]));
    socket().says(samples({ topic: 5, first: 15 }, [1, 2]));
    expect([stream.wave.gaps, stream.wave.missing, stream.wave.dropped]).toEqual([2, 11, 8]);
  });

  test("of a new epoch begin anew, and of an old one are refused", () => {
    const stream = watching();
    socket().says(samples({ topic: 5, epoch: 7, first: 900 }, [1, 2]));
    socket().says(samples({ topic: 5, epoch: 8, first: 0 }, [3, 4]));
    socket().says(samples({ topic: 5, epoch: 7, first: 902 }, [1, 2]));
    expect([stream.wave.current?.epoch, stream.wave.current?.samples.end, stream.wave.stale]).toEqual([8, 2, 1]);
    expect(stream.wave.missing).toBe(0);
  });

  test("with a beat mark it once, however often it comes", () => {
    const stream = watching();
    socket().says(samples({ topic: 5, first: 0 }, [1, 2]));
    for (const first of [100, 300, 100, 300]) socket().says(beat({ topic: 5, first }));
    expect([stream.findings.beats.value, stream.wave.current?.marks.count]).toEqual([2, 2]);
    expect(stream.findings.repeats).toBe(2);
  });

  test("after a reconnect are asked for behind the last sample and the last events", () => {
    const session = start();
    session.watch(["ecg.bed-1", "ecg.bed-2"]);
    socket().opens();
    expect(sent("subscribe")[0]?.from).toBeUndefined();
    subscribed(bed(1, 1), bed(2, 2));
    socket().says(samples({ topic: 1, epoch: 7, first: 100 }, [1, 2, 3]));
    socket().says(beat({ topic: 1, epoch: 7, first: 101 }));
    socket().closes(1006);
    vi.runOnlyPendingTimers();
    socket().opens();
    expect(sent("subscribe")[0]?.from).toEqual({ "ecg.bed-1": { epoch: 7, first: 103, finding: 0 } });
  });

  test("of a stream without waves are asked for behind its last events, unless it was away for long", () => {
    const session = start();
    session.watch(["net.*"]);
    socket().opens();
    subscribed(line(1), line(2));
    socket().says(beat({ topic: 1, epoch: 7, first: 101 }));
    socket().closes(1006);
    vi.runOnlyPendingTimers();
    socket().opens();
    expect(sent("subscribe")[0]?.from).toEqual({ "net.a-1": { finding: 0 } });
    socket().closes(1006);
    vi.setSystemTime(Date.now() + 700_000);
    vi.advanceTimersByTime(700_000);
    session.retryNow();
    socket().opens();
    expect(sent("subscribe")[0]?.from).toBeUndefined();
  });

  test("keep their place over a reconnect, under another topic", () => {
    const stream = watching();
    socket().says(samples({ topic: 5, first: 0 }, [1, 2]));
    socket().closes(1001);
    vi.advanceTimersByTime(1_000);
    socket().opens();
    expect(sent("subscribe").at(-1)?.streams).toEqual(["ecg.bed-1"]);
    socket().says(samples({ topic: 5, first: 2 }, [9, 9]));
    subscribed(bed(1, 2));
    socket().says(samples({ topic: 2, first: 4 }, [3, 4]));
    expect([stream.wave.current?.samples.end, stream.wave.missing]).toEqual([6, 2]);
  });
});

test("watch with seconds back asks for what was before, and again on a new connection", () => {
  const session = start();
  socket().opens();
  session.watch(["market.*"], 900);
  expect(sent("subscribe").at(-1)).toMatchObject({ streams: ["market.*"], from: -900 });
  socket().closes(1006);
  session.retryNow();
  socket().opens();
  expect(sent("subscribe")[0]).toMatchObject({ streams: ["market.*"], from: -900 });
});

test("gatewayNow follows the gateway's clock once it has answered", () => {
  const session = start();
  socket().opens();
  const { t0, id } = sent("time")[0] ?? expect.fail("the time was not asked for");
  vi.advanceTimersByTime(10);
  answer({ type: "time", id, t0, t1: t0 + 5 + 70_000, t2: t0 + 5 + 70_000 });
  expect(session.gatewayNow()).toBe(1_000_000 + performance.now() + 70_000);
});
