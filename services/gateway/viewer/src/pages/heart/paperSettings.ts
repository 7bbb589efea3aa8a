import { computed } from "@preact/signals";
import { CSS_PX_PER_MM, type Paper } from "../../draw/paper";
import { keepSetting, settingOf } from "../shell/place";

export const SPEEDS = [12.5, 25, 50] as const;
export const GAINS = [5, 10, 20] as const;
/** Of a millimetre in CSS pixels: from a wall screen to a phone held close. */
export const MM_RANGE = { least: 1, most: 12 } as const;

const USUAL_SPEED = 25;
const USUAL_GAIN = 10;

const speed = settingOf("speed");
const gain = settingOf("gain");
const mm = settingOf("mm");

/** What the address asks for, as far as it makes sense. */
export const paper = computed<Paper>(() => ({
  pxPerMm: within(Number(mm.value), MM_RANGE.least, MM_RANGE.most, CSS_PX_PER_MM),
  mmPerSecond: oneOf(SPEEDS, Number(speed.value), USUAL_SPEED),
  mmPerUnit: oneOf(GAINS, Number(gain.value), USUAL_GAIN),
}));

export const setSpeed = (value: number): void => keep("speed", value, USUAL_SPEED);
export const setGain = (value: number): void => keep("gain", value, USUAL_GAIN);
export const setPxPerMm = (value: number): void => keep("mm", Math.round(value * 100) / 100, CSS_PX_PER_MM);

const keep = (key: string, value: number, usual: number): void =>
  keepSetting(key, value === usual ? undefined : String(value));

const oneOf = (choices: readonly number[], value: number, otherwise: number): number =>
  choices.includes(value) ? value : otherwise;

const within = (value: number, least: number, most: number, otherwise: number): number =>
  value >= least && value <= most ? value : otherwise;
