import { expect, test } from "vitest";
import { Letters } from "./letters";

const shown = (letters: Letters, ...names: string[]) => names.map((name) => letters.of(names).get(name)?.letter).join("");

test("of gives letters in order", () => {
  expect(shown(new Letters(), "x", "y", "z")).toBe("ABC");
});

test("of keeps the letters of those that stay, and gives a free one to who comes", () => {
  const letters = new Letters();
  shown(letters, "x", "y", "z");
  expect(shown(letters, "x", "z")).toBe("AC");
  expect(shown(letters, "new", "x", "z")).toBe("BAC");
});

test("of has a mark for more replicas than letters", () => {
  const names = Array.from({ length: 30 }, (_, i) => `r${i}`);
  const marks = new Letters().of(names);
  expect([marks.get("r25")?.letter, marks.get("r26")?.letter, marks.get("r29")?.letter]).toEqual(["Z", "A1", "D1"]);
  expect(new Set([...marks.values()].map(({ letter }) => letter)).size).toBe(30);
});
