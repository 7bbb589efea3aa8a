/** How much time the charts show, and in which way: both stand in the address. */
import { settingOf } from "../shell/place";

export interface SpanChoice {
  readonly name: string;
  readonly ms: number;
  /** For people. */
  readonly text: string;
}

const span = (name: string, ms: number, text: string): SpanChoice => ({ name, ms, text });
const USUAL = span("5m", 300_000, "5 min");

export const SPANS: readonly SpanChoice[] = [
  span("20s", 20_000, "20 s"),
  span("1m", 60_000, "1 min"),
  USUAL,
  span("15m", 900_000, "15 min"),
  span("1h", 3_600_000, "1 h"),
  span("6h", 21_600_000, "6 h"),
  span("24h", 86_400_000, "24 h"),
];

export const VIEWS = ["line", "smoke"] as const;
export type View = (typeof VIEWS)[number];

/** Lengths of columns: round, so that they lie on the clock. */
const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 1_200_000];
/** A line is as fine as the screen; smoke needs several readings in a column. */
const COLUMNS: Readonly<Record<View, number>> = { line: 300, smoke: 72 };

export const stepOf = ({ ms }: SpanChoice, view: View): number =>
  STEPS_MS.find((step) => step >= ms / COLUMNS[view]) ?? 1_200_000;

const spanSetting = settingOf("span");
const viewSetting = settingOf("view");

export const spanShown = (): SpanChoice => SPANS.find(({ name }) => name === spanSetting.value) ?? USUAL;
export const viewShown = (): View => VIEWS.find((view) => view === viewSetting.value) ?? "line";
