/** Times and lives in words, the shortest that say it. */
import type { Millis } from "../../time/units";
import type { StreamInfo } from "../../wire/streamInfo";

export function durationText(length: Millis | number): string {
  const seconds = Math.max(0, Math.floor(length / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const ageText = (age: Millis | number): string => (age < 1000 ? "now" : `${durationText(age)} ago`);

export function lifeText({ life, lifeSinceMs }: StreamInfo, gatewayNow: Millis): string {
  switch (life) {
    case "live":
      return "live";
    case "silent":
      // Of a producer that left in order nobody noted when.
      return lifeSinceMs > 0 ? `silent for ${durationText(gatewayNow - lifeSinceMs)}` : "silent";
    case "ended":
      return `ended ${ageText(gatewayNow - lifeSinceMs)}`;
  }
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** 14:03:59, of the day and place of who looks. */
export const clockText = (moment: Millis | number): string => clock.format(moment);

const thousands = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 12,345. */
export const countText = (count: number): string => thousands.format(count);

/** 1 frame, 2 frames. */
export const countedText = (count: number, name: string): string =>
  `${countText(count)} ${name}${count === 1 ? "" : "s"}`;
