/** Keeps a chart at a target: what the log has when it opens, then each reading as it comes. */
import { effect } from "@preact/signals";
import { onFrame } from "../../draw/frameLoop";
import { type ChartFan, LineChart, type Sight } from "../../draw/lineChart";
import { reasonOf } from "../../session/ask";
import type { LineFindings } from "../../session/lineFindings";
import type { LineTrend } from "../../session/lineTrend";
import type { LiveStream } from "../../session/liveStream";
import { readTrend } from "../../session/trends";
import { session } from "../shell/app";

/** A chart is drawn again when it would move by a fraction of a column. */
const DRAWN_EVERY_MS = { least: 250, most: 2_000 } as const;
/** What is this far ahead of a longer chart cannot be seen. */
const FAN_UP_TO_MS = 300_000;
/** Forecasts that are so many probes old are of a time that has passed. */
const FAN_STALE_STEPS = 6;
/** When a shorter column is whole nobody can tell. */
const MENDED_FROM_MS = 5_000;
/** The log's findings lag by a window. */
const MEND_AFTER_MS = 12_000;

export interface Following {
  readonly spanMs: number;
  readonly isSmoke: boolean;
  readonly scaled: (topMs: number) => void;
  /** What is to be said of the chart; undefined: nothing. */
  readonly noted: (text: string | undefined) => void;
  readonly hovered: (timeMs: number | undefined) => void;
}

/** @returns Ends it. */
export function follow(host: HTMLElement, { name, line }: LiveStream, trend: LineTrend, options: Following): () => void {
  const chart = new LineChart(host, options.hovered);
  const stop = new AbortController();
  const observer = new ResizeObserver(() => chart.resize(host));
  observer.observe(host);
  let taken = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isMended = trend.stepMs < MENDED_FROM_MS;
  let problem: string | undefined;

  const load = async (fromMs: number): Promise<void> => {
    try {
      trend.accept(await readTrend(name, fromMs, trend.stepMs, stop.signal));
      problem = undefined;
    } catch (error) {
      problem = reasonOf(error);
    }
  };
  const loadAll = () => {
    if (seen.hasBeen) void load(session.gatewayNow() - options.spanMs);
  };
  // Of a thousand targets a screen shows a dozen: the others ask for nothing until somebody scrolls there.
  const seen = watchSight(host, () => {
    taken = line.count;
    loadAll();
  });
  const endReload = reloadAfterBreaks(loadAll);
  const every = Math.min(DRAWN_EVERY_MS.most, Math.max(DRAWN_EVERY_MS.least, options.spanMs / 1_200));

  const stopFrames = onFrame((now) => {
    if (!seen.hasBeen || now - drawnAt < every) return;
    drawnAt = now;
    const nowMs = session.gatewayNow();
    const readings = line.behind(taken);
    // A tab that was hidden for long: only the log has what came meanwhile.
    if (readings === undefined) loadAll();
    taken = line.count;
    for (const reading of readings ?? []) trend.add(reading);
    if (!isMended && trend.firstLiveMs !== undefined && nowMs > trend.firstLiveMs + trend.stepMs + MEND_AFTER_MS) {
      isMended = true;
      void load(trend.firstLiveMs);
    }
    if (!seen.isNow || host.clientWidth === 0) return;
    options.scaled(chart.draw(sightOf(line, trend, options, nowMs)));
    options.noted(problem ?? sinceText(trend, nowMs - options.spanMs));
  });
  return () => {
    stop.abort();
    stopFrames();
    endReload();
    seen.end();
    observer.disconnect();
    chart.destroy();
  };
}

interface InSight {
  readonly isNow: boolean;
  readonly hasBeen: boolean;
  readonly end: () => void;
}

/** @param first Told when it comes in sight for the first time. */
function watchSight(host: HTMLElement, first: () => void): InSight {
  const seen = { isNow: false, hasBeen: false, end: () => observer.disconnect() };
  const observer = new IntersectionObserver((entries) => {
    seen.isNow = entries.at(-1)?.isIntersecting ?? false;
    if (!seen.isNow || seen.hasBeen) return;
    seen.hasBeen = true;
    first();
  });
  observer.observe(host);
  return seen;
}

/** What passed while the gateway was away is in the log alone. */
function reloadAfterBreaks(reload: () => void): () => void {
  let wasLive = session.state.peek().kind === "live";
  let hasBeenLive = wasLive;
  return effect(() => {
    const isLive = session.state.value.kind === "live";
    if (isLive && !wasLive && hasBeenLive) reload();
    wasLive = isLive;
    hasBeenLive ||= isLive;
  });
}

function sightOf(line: LineFindings, trend: LineTrend, { spanMs, isSmoke }: Following, nowMs: number): Sight {
  const ahead = spanMs <= FAN_UP_TO_MS ? fanOf(line, nowMs) : undefined;
  const aheadMs = ahead ? (ahead.fan.ahead.at(-1)?.steps ?? 0) * ahead.stepMs : 0;
  const known = trend.anomalies.filter(({ metric, startMs }) => !line.anomalies.peek().some((a) => a.metric === metric && a.startMs === startMs));
  return {
    columns: trend.columns,
    washes: [...known, ...line.anomalies.peek()],
    ahead,
    fromMs: nowMs - spanMs,
    nowMs,
    toMs: nowMs + aheadMs,
    stepMs: trend.stepMs,
    holeMs: Math.max(3_500, 2.5 * line.intervalMs, 2.2 * trend.stepMs),
    isSmoke,
  };
}

function fanOf(line: LineFindings, nowMs: number): ChartFan | undefined {
  const { outlook, intervalMs } = line;
  if (!outlook || intervalMs <= 0 || nowMs - outlook.timeMs > FAN_STALE_STEPS * intervalMs + 1_000) return undefined;
  const price = line.answerAt(outlook.timeMs);
  if (price === undefined) return undefined;
  return { timeMs: outlook.timeMs, stepMs: intervalMs, fan: { past: [{ epoch: 0, price }], ahead: outlook.ahead } };
}

/** A log that keeps less than is asked for is no line that was quiet. */
export function sinceText({ logSinceMs, columns, stepMs }: Pick<LineTrend, "logSinceMs" | "columns" | "stepMs">, fromMs: number): string | undefined {
  const firstMs = columns[0]?.timeMs;
  if (logSinceMs === undefined || logSinceMs < fromMs + 2 * stepMs || (firstMs !== undefined && firstMs < logSinceMs - 2 * stepMs)) return undefined;
  return `the log begins at ${clock.format(logSinceMs)}`;
}

const clock = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
