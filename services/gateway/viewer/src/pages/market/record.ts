/** What a model's record says, for people: shares with what they can be trusted for. */
import type { ModelRecord, RecordHorizon } from "../../wire/market";

/** Two-sided, 95 %. */
const Z = 1.959963984540054;

export interface Share {
  readonly value: number;
  /** Its 95 % interval after Wilson 1927 (doi:10.1080/01621459.1927.10502953). */
  readonly low: number;
  readonly high: number;
}

/** Undefined while nothing moved. */
export function hitRateOf({ hits, moves }: Pick<RecordHorizon, "hits" | "moves">): Share | undefined {
  if (moves <= 0) return undefined;
  const value = hits / moves;
  const width = (Z * Z) / moves;
  const centre = (value + width / 2) / (1 + width);
  const half = (Z / (1 + width)) * Math.sqrt((value * (1 - value)) / moves + width / (4 * moves));
  return { value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** By how much the mean error is below that of the last price; undefined while that had none. */
export const skillOf = ({ error, naiveError }: Pick<RecordHorizon, "error" | "naiveError">): number | undefined =>
  naiveError > 0 ? 1 - error / naiveError : undefined;

/** The one whose forecasts are shown, and those beside it by name. */
export function inOrder(records: Iterable<ModelRecord>): readonly ModelRecord[] {
  return [...records].sort((a, b) => Number(b.isShown) - Number(a.isShown) || a.model.localeCompare(b.model));
}

/** Whether the direction a bar ahead has been better than a coin, as far as its record can tell. */
export function coinText(record: ModelRecord | undefined): string {
  const next = record?.horizons[0];
  const rate = next && hitRateOf(next);
  if (!next || !rate) return "Direction is close to a coin; how often it was hit is not known yet.";
  const seen = `${percent(rate.value)} of ${next.moves.toLocaleString("en")} moves were hit (95 %: ${percent(rate.low)} to ${percent(rate.high)})`;
  if (rate.low > 0.5) return `Direction is close to a coin, so far a little better: ${seen}.`;
  if (rate.high < 0.5) return `Direction is close to a coin, so far a little worse: ${seen}.`;
  return `Direction cannot be told from a coin: ${seen}.`;
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** With its sign; the minus is a minus. */
export const signedPercent = (share: number, digits = 1): string => {
  const text = Math.abs(100 * share).toFixed(digits);
  return Number(text) === 0 ? `${text} %` : `${share < 0 ? "−" : "+"}${text} %`;
};
