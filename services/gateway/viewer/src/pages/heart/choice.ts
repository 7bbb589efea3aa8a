/** Which streams the heart page shows: those in the address, else the first live ones. */
import { computed, effect } from "@preact/signals";
import { kindOf } from "../../wire/streamInfo";
import { catalog, session } from "../shell/app";
import { keepSetting, settingOf } from "../shell/place";
import { firstOnes } from "./firstOnes";
import { KIND } from "./shown";

const setting = settingOf("streams");

/** Undefined as long as nobody has chosen. */
export const chosen = computed(() => setting.value?.split(",").filter((name) => name !== ""));

export const offered = computed(() => catalog.streams.value.filter(({ stream }) => kindOf(stream) === KIND));

export const choose = (streams: readonly string[]): void => keepSetting("streams", streams.join(","));

let byDefault: readonly string[] = [];

/** Keeps the session at the choice. */
export const followChoice = (): (() => void) =>
  effect(() => {
    if (chosen.value === undefined) byDefault = firstOnes(offered.value, byDefault);
    const wanted = chosen.value ?? byDefault;
    const watched = session.wanted.peek();
    if (wanted.join() !== watched.join()) session.watch(wanted);
  });
