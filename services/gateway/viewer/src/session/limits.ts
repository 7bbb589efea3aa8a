/** The alarm limits of a heart, as the gateway keeps them. */
import { ask, put, remove } from "./ask";

export interface Limits {
  readonly tachycardiaBpm: number;
  readonly bradycardiaBpm: number;
  readonly asystoleS: number;
}

export interface LimitsInForce extends Limits {
  /** The stream's own, those set for all, or what is built in. */
  readonly from: "stream" | "default" | "built-in";
}

export const readLimits = (stream: string): Promise<LimitsInForce> => inForce(ask(pathOf(stream)));

export const writeLimits = (stream: string, limits: Limits): Promise<LimitsInForce> => inForce(put(pathOf(stream), limits));

/** Back to those for all. */
export const removeLimits = (stream: string): Promise<LimitsInForce> => inForce(remove(pathOf(stream)));

const pathOf = (stream: string): string => `settings/heart/${encodeURIComponent(stream)}`;

const inForce = async (answer: Promise<unknown>): Promise<LimitsInForce> => (await answer) as LimitsInForce;
