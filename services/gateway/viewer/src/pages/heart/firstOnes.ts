import { byName } from "../../session/names";
import type { StreamInfo } from "../../wire/streamInfo";

const SHOWN_AT_FIRST = 4;

/** Live ones first, and what is shown already stays: a row does not vanish because another stream came. */
export function firstOnes(offered: readonly StreamInfo[], shown: readonly string[]): readonly string[] {
  const others = offered.filter(({ stream }) => !shown.includes(stream));
  const live = others.filter(({ life }) => life === "live");
  const rest = others.filter(({ life }) => life !== "live");
  const added = [...live, ...(live.length + shown.length === 0 ? rest : [])].map(({ stream }) => stream);
  return [...shown, ...added].slice(0, SHOWN_AT_FIRST).sort(byName);
}
