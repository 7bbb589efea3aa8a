/** What all pages share: one connection, one list of streams, one slow clock for texts. */
import { effect, signal } from "@preact/signals";
import { Catalog } from "../../session/catalog";
import { Session } from "../../session/session";
import { millis } from "../../time/units";
import { PROTOCOL } from "../../wire/connection";
import { kindOf } from "../../wire/streamInfo";

export const pageNow = () => millis(performance.now());

const address = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

export const session = new Session({
  connect: () => new WebSocket(address(), PROTOCOL),
  now: pageNow,
  originMs: millis(performance.timeOrigin),
});

export const catalog = new Catalog();

/** Ages and counters are read a few times a second; traces have their own frames. */
const TEXT_MS = 250;
export const textClock = signal(pageNow());

export function startApp(): void {
  session.start();
  catalog.start();
  effect(() => session.list(catalog.streams.value.map(({ stream }) => stream)));
  effect(() => session.watchAlerts([...new Set(catalog.streams.value.map(({ stream }) => kindOf(stream)))]));
  setInterval(() => {
    if (!document.hidden) textClock.value = pageNow();
  }, TEXT_MS);
  // The network is back, or somebody looks: no reason to wait any longer.
  addEventListener("online", () => session.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) session.retryNow();
  });
}
