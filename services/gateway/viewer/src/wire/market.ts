/** Outlooks of prices and the records of their models, out of their protobuf bodies. */
import type { Interval } from "./event";
import { type ModelRecord as RecordMessage, type PriceOutlook as OutlookMessage, Trend } from "./gen/signalstream/v1/events_pb";

/** By rule, of the past. */
export type TrendWord = "unknown" | "neutral" | "bullish" | "bearish" | "overbought" | "oversold";

/** What is expected some bars ahead. */
export interface OutlookHorizon {
  readonly steps: number;
  readonly point: number;
  /** Calibrated probability that the price is above the last one then. */
  readonly rise: number;
  /** Narrow to wide. */
  readonly intervals: readonly Interval[];
}

/** What is expected of a price, from its last bar. */
export interface PriceOutlook {
  readonly kind: "priceOutlook";
  readonly price: number;
  readonly currency: string;
  readonly isSimulated: boolean;
  readonly trend: TrendWord;
  /** Calibrated probability of the direction that is shown, one bar ahead: 0.5 to 1. */
  readonly confidence: number;
  /** 0 to 1: share of the last 250 bars at which it was calmer. */
  readonly volatilityScore: number;
  /** Nearest first. */
  readonly horizons: readonly OutlookHorizon[];
}

/** How a model's forecasts some bars ahead have come true, beside the last value as a forecast. */
export interface RecordHorizon {
  readonly steps: number;
  readonly outcomes: number;
  /** Mean absolute errors, in the stream's unit. */
  readonly error: number;
  readonly naiveError: number;
  /** Shares of outcomes within the intervals. */
  readonly covered50: number;
  readonly covered80: number;
  readonly covered90: number;
  /** Outcomes that differed from the last value, and those of them in the direction that was more probable. */
  readonly moves: number;
  readonly hits: number;
}

export interface ModelRecord {
  readonly kind: "modelRecord";
  readonly model: string;
  /** Its forecasts are the published ones; others run beside it. */
  readonly isShown: boolean;
  readonly horizons: readonly RecordHorizon[];
}

export const outlookOf = (message: OutlookMessage): PriceOutlook => ({
  kind: "priceOutlook",
  price: message.price,
  currency: message.currency,
  isSimulated: message.simulated,
  trend: trends[message.trend] ?? "unknown",
  confidence: message.confidence,
  volatilityScore: message.volatilityScore,
  horizons: message.horizons.map(({ steps, point, rise, intervals }) => ({
    steps,
    point,
    rise,
    intervals: intervals.map(({ level, low, high }) => ({ level, low, high })),
  })),
});

export const recordOf = (message: RecordMessage): ModelRecord => ({
  kind: "modelRecord",
  model: message.model,
  isShown: message.shown,
  horizons: message.horizons.map(({ steps, outcomes, error, naiveError, covered50, covered80, covered90, moves, hits }) => ({
    steps,
    outcomes: Number(outcomes),
    error,
    naiveError,
    covered50,
    covered80,
    covered90,
    moves: Number(moves),
    hits: Number(hits),
  })),
});

const trends: Readonly<Record<Trend, TrendWord>> = {
  [Trend.UNSPECIFIED]: "unknown",
  [Trend.NEUTRAL]: "neutral",
  [Trend.BULLISH]: "bullish",
  [Trend.BEARISH]: "bearish",
  [Trend.OVERBOUGHT]: "overbought",
  [Trend.OVERSOLD]: "oversold",
};
