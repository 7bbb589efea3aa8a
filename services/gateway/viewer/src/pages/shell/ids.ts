/** Short enough for every bucket of the gateway, a number behind it included. */
const LONGEST = 40;

/** An id that nobody has yet, out of a name: letters, digits, _ and - only. */
export function freeId(name: string, taken: readonly string[], otherwise: string): string {
  const plain =
    name
      .normalize("NFKD")
      .replaceAll(/\p{M}/gu, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]+/g, "-")
      .slice(0, LONGEST)
      .replaceAll(/^-+|-+$/g, "") || otherwise;
  for (let i = 1; ; i++) {
    const id = i === 1 ? plain : `${plain}-${i}`;
    if (id !== "default" && !taken.includes(id)) return id;
  }
}
