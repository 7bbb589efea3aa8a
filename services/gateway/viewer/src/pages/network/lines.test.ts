import { expect, test } from "vitest";
import type { Condition } from "../../wire/latency";
import { byRegion, type Line, lossText, msText, networkWord } from "./lines";

const line = (condition: Condition, simulated = false, name = "net.a", region = "here"): Line => ({ name, region, simulated, condition });

test("the network is lost when all targets are down, degraded when some are not up", () => {
  expect(networkWord([])).toBe("unknown");
  expect(networkWord([line("unknown")])).toBe("unknown");
  expect(networkWord([line("up"), line("unknown")])).toBe("active");
  expect(networkWord([line("up"), line("degraded")])).toBe("degraded");
  expect(networkWord([line("up"), line("down")])).toBe("degraded");
  expect(networkWord([line("down"), line("down")])).toBe("lost");
});

test("simulated targets count only where there are no real ones", () => {
  expect(networkWord([line("up"), line("down", true)])).toBe("active");
  expect(networkWord([line("up", true), line("down", true)])).toBe("degraded");
});

test("targets are grouped by region, real ones first", () => {
  const groups = byRegion([line("up", true, "net.s", "eu"), line("up", false, "net.b", "us"), line("up", false, "net.a", "us")]);
  expect(groups.map(([region, lines]) => [region, lines.map(({ name }) => name)])).toEqual([
    ["us", ["net.a", "net.b"]],
    ["eu", ["net.s"]],
  ]);
});

test("numbers have three digits or so, and a little loss is not none", () => {
  expect([0.213, 9.31, 21.44, 142.6].map(msText)).toEqual(["0.21", "9.31", "21.4", "143"]);
  expect([lossText(0, 0), lossText(0, 20), lossText(1, 600), lossText(20, 20)]).toEqual(["0 %", "0 %", "0.2 %", "100 %"]);
});
