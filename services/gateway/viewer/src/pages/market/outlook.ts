/** An outlook's numbers in words. */
import type { OutlookHorizon } from "../../wire/market";
import { percent, signedPercent } from "./record";

/** A hundredth of the unit; small prices have more digits. */
export const priceText = (price: number): string => price.toFixed(Math.abs(price) < 10 ? 4 : 2);

/** The more probable one, with its calibrated probability; neither at exactly one half. */
export function directionText({ rise }: Pick<OutlookHorizon, "rise">): string {
  if (rise === 0.5) return "up or down 50.0 %";
  return rise > 0.5 ? `↑ up ${percent(rise)}` : `↓ down ${percent(1 - rise)}`;
}

/** From the last price. */
export const changeText = ({ point }: Pick<OutlookHorizon, "point">, price: number): string =>
  price > 0 ? signedPercent(point / price - 1, 2) : "--";

export function intervalText({ intervals }: Pick<OutlookHorizon, "intervals">, level: number): string {
  const interval = intervals.find((one) => Math.abs(one.level - level) < 0.005);
  return interval ? `${priceText(interval.low)}–${priceText(interval.high)}` : "--";
}
