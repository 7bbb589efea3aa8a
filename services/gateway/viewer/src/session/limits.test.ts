import { afterEach, expect, test, vi } from "vitest";
import { readLimits, writeLimits } from "./limits";

afterEach(() => vi.unstubAllGlobals());

const limits = { tachycardiaBpm: 130, bradycardiaBpm: 50, asystoleS: 4 };
const answer = (status: number, body: string) => {
  const fetched = vi.fn((_: string, __: RequestInit) => Promise.resolve(new Response(body, { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

test("readLimits gives what is in force", async () => {
  answer(200, JSON.stringify({ stream: "ecg.bed-1", from: "default", ...limits }));
  expect(await readLimits("ecg.bed-1")).toMatchObject({ from: "default", tachycardiaBpm: 130 });
});

test("writeLimits puts the JSON to the stream's address", async () => {
  const fetched = answer(200, JSON.stringify({ from: "stream", ...limits }));
  await writeLimits("ecg.bed-1", limits);
  expect(fetched.mock.calls[0]?.[0]).toBe("/api/v1/settings/heart/ecg.bed-1");
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: "PUT", body: JSON.stringify(limits) });
});

test("a refusal is told in the gateway's words, or by its number", async () => {
  answer(400, JSON.stringify({ detail: "tachycardiaBpm 30 must be from 60 to 300." }));
  await expect(writeLimits("ecg.bed-1", limits)).rejects.toThrow("must be from 60 to 300");
  answer(503, "no JSON");
  await expect(readLimits("ecg.bed-1")).rejects.toThrow("503");
});
