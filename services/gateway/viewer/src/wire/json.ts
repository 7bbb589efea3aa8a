/** Reads parsed JSON without trusting it: a field of another type is as good as absent. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textAt = (object: Json, key: string, otherwise = ""): string => {
  const value = object[key];
  return typeof value === "string" ? value : otherwise;
};

export const numberAt = (object: Json, key: string, otherwise = 0): number => {
  const value = object[key];
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
};

export const listAt = (object: Json, key: string): readonly unknown[] => {
  const value = object[key];
  return Array.isArray(value) ? value : [];
};

export const textsAt = (object: Json, key: string): readonly string[] =>
  listAt(object, key).filter((item) => typeof item === "string");
