/** What a form says, field by field, without spaces around. */
export function textsIn(form: HTMLFormElement): (name: string) => string {
  const values = new FormData(form);
  return (name) => String(values.get(name) ?? "").trim();
}
