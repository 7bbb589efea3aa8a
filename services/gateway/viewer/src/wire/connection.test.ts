import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { millis } from "../time/units";
import { Backoff } from "./backoff";
import type { Answer } from "./commands";
import { Connection, type ConnectionState } from "./connection";
import { FakeSocket } from "./fakeSocket";
import type { Frame, FrameError } from "./frame";

const sockets: FakeSocket[] = [];
const states: ConnectionState[] = [];
const answers: Answer[] = [];
const frames: Frame[] = [];
const bad: FrameError[] = [];
let opened = 0;

const connection = () =>
  new Connection(
    {
      connect: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      now: () => millis(performance.now()),
      backoff: new Backoff(() => 1),
    },
    {
      state: (state) => states.push(state),
      open: () => opened++,
      frame: (frame) => frames.push(frame),
      answer: (answer) => answers.push(answer),
      badFrame: (error) => bad.push(error),
    },
  );

const socket = (): FakeSocket => sockets.at(-1) ?? expect.fail("no socket was opened");
const lastState = () => states.at(-1);

beforeEach(() => {
  vi.useFakeTimers();
  for (const list of [sockets, states, answers, frames, bad]) list.length = 0;
  opened = 0;
});
afterEach(() => vi.useRealTimers());

test("start tells of connecting, then of live once it is open", () => {
  connection().start();
  expect(lastState()).toEqual({ kind: "connecting" });
  socket().opens();
  expect([opened, lastState()]).toEqual([1, { kind: "live" }]);
});

test("a close is followed by another try after the wait that was told", () => {
  connection().start();
  socket().opens();
  socket().closes(1001);
  expect(lastState()).toMatchObject({ kind: "reconnecting", retryAtMs: performance.now() + 250 });
  vi.advanceTimersByTime(249);
  expect(sockets).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sockets).toHaveLength(2);
});

test("tries that fail wait longer each time, and a success forgets them", () => {
  connection().start();
  for (const wait of [250, 500, 1000]) {
    socket().closes(1006);
    expect(lastState()).toMatchObject({ retryAtMs: performance.now() + wait });
    vi.advanceTimersByTime(wait);
  }
  socket().opens();
  socket().closes(1006);
  expect(lastState()).toMatchObject({ retryAtMs: performance.now() + 250 });
});

test("half a minute without a gateway is lost, and still tried", () => {
  connection().start();
  for (let round = 0; round < 9; round++) {
    socket().closes(1006);
    vi.advanceTimersByTime(10_000);
  }
  socket().closes(1006);
  expect(lastState()).toMatchObject({ kind: "lost" });
  vi.advanceTimersByTime(10_000);
  expect(lastState()).toEqual({ kind: "connecting" });
});

test("an open socket on which nothing comes is given up", () => {
  connection().start();
  socket().opens();
  vi.advanceTimersByTime(10_000);
  socket().says("{}");
  vi.advanceTimersByTime(10_000);
  expect(lastState()).toEqual({ kind: "live" });
  vi.advanceTimersByTime(4_000);
  expect(sockets[0]?.closed).toBe(true);
  expect(states).toContainEqual(expect.objectContaining({ reason: "the gateway has fallen silent" }));
});

test("a socket that never opens is given up", () => {
  connection().start();
  vi.advanceTimersByTime(8_000);
  expect(lastState()).toMatchObject({ kind: "reconnecting", reason: "the gateway does not answer" });
});

test("an abandoned socket is not heard any more", () => {
  connection().start();
  const first = socket();
  first.opens();
  first.closes(1006);
  first.says('{"type":"hello","gateway":"late"}');
  expect(answers).toEqual([]);
});

test("retryNow while waiting tries at once", () => {
  const subject = connection();
  subject.start();
  socket().closes(1006);
  subject.retryNow();
  expect(sockets).toHaveLength(2);
});

test("text is an answer, binary a frame, and bytes that are none are told and close nothing", () => {
  connection().start();
  socket().opens();
  socket().says('{"type":"hello","gateway":"a"}');
  socket().says(new ArrayBuffer(3));
  expect(answers).toEqual([{ type: "hello", gateway: "a" }]);
  expect([frames.length, bad.map((error) => error.rule)]).toEqual([0, ["tooShort"]]);
  expect(lastState()).toEqual({ kind: "live" });
});

test("send before it is open says that nobody heard it", () => {
  const subject = connection();
  subject.start();
  expect(subject.send({ cmd: "status", id: 1 })).toBe(false);
  socket().opens();
  expect(subject.send({ cmd: "status", id: 1 })).toBe(true);
  expect(socket().sent).toEqual(['{"cmd":"status","id":1}']);
});
