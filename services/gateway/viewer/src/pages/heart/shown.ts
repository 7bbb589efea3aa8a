import { covers } from "../../session/names";
import { kindOf } from "../../wire/streamInfo";

export const KIND = "ecg";

/** Whatever was chosen by name or pattern; else what this page shows by itself. Another page's streams may still be watched for a moment. */
export const isShown = (name: string, chosen: readonly string[] | undefined): boolean =>
  chosen?.some((want) => covers(want, name)) ?? kindOf(name) === KIND;
