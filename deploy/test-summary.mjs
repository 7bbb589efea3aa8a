// test-summary.mjs RESULTS [RUN_THAT_FAILED...]: what failed and what was skipped, then one line of sums over the trx files
// and vitest's JSON. Exits with 1 when anything failed. What failed beside all the others and passed alone, in RESULTS/again, is
// named and has passed: its fault is not to be told from a machine that was too busy.
// test-summary.mjs --again RESULTS: the filter for those that are worth another try; nothing where too much failed, or a run broke off.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const mostAgain = 10;
const asksForFilter = process.argv[2] === "--again";
const [folder, ...failedRuns] = process.argv.slice(asksForFilter ? 3 : 2);
const sums = { passed: 0, failed: 0, skipped: 0 };
const lines = { skipped: [], again: [], failed: [] };

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const text = (xml) => xml
  .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
  .replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);

function count(outcome, name, reason = "") {
  sums[outcome] += 1;
  if (outcome !== "passed") lines[outcome].push(`${outcome}: ${name}${reason && ` (${reason.trim().split("\n")[0].trim()})`}`);
}

const trxIn = (place) => (existsSync(place) ? readdirSync(place) : []).filter((file) => file.endsWith(".trx")).sort()
  .map((file) => readFileSync(join(place, file), "utf8"));

// The results of a theory's rows nest in none here: xunit reports each row by itself.
const resultsIn = (xml) => [...xml.matchAll(/<UnitTestResult\b([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)].map(([, attributes, body = ""]) => {
  const outcome = /\boutcome="([^"]*)"/.exec(attributes)?.[1];
  return {
    name: text(/\btestName="([^"]*)"/.exec(attributes)[1]),
    outcome: outcome === "Passed" ? "passed" : outcome === "NotExecuted" ? "skipped" : "failed",
    reason: text(/<(?:Message|StdOut)>([\s\S]*?)<\//.exec(body)?.[1] ?? ""),
  };
});

function printFilter() {
  const reports = trxIn(folder);
  const failed = reports.flatMap(resultsIn).filter((result) => result.outcome === "failed");
  const isBroken = reports.some((xml) => /The active test run was aborted|Test host process crashed/.test(xml));
  if (isBroken || failed.length === 0 || failed.length > mostAgain) return;
  const methods = new Set(failed.map(({ name }) => name.replace(/\(.*$/s, "")));
  console.log([...methods].map((name) => `FullyQualifiedName=${name}`).join("|"));
}

if (asksForFilter) {
  printFilter();
  process.exit(0);
}

const alone = new Map(trxIn(join(folder, "again")).flatMap(resultsIn).map(({ name, outcome }) => [name, outcome]));

function addTrx(xml) {
  for (const { name, outcome, reason } of resultsIn(xml)) {
    if (outcome === "failed" && alone.get(name) === "passed") {
      sums.passed += 1;
      lines.again.push(`passed alone, after it had failed beside the others: ${name} (${reason.trim().split("\n")[0].trim()})`);
    } else count(outcome, name, reason);
  }
}

function addVitest(report) {
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults)
      count(test.status === "passed" || test.status === "failed" ? test.status : "skipped", test.fullName, test.failureMessages?.[0]);
    if (suite.status === "failed" && !suite.assertionResults.some((test) => test.status === "failed")) count("failed", suite.name, suite.message);
  }
}

const runs = { dotnet: 0, viewer: 0 };    // failures that each run accounts for itself
for (const file of readdirSync(folder).sort()) {
  const before = sums.failed;
  if (file.endsWith(".trx")) addTrx(readFileSync(join(folder, file), "utf8"));
  if (file === "viewer.json") addVitest(JSON.parse(readFileSync(join(folder, file), "utf8")));
  runs[file === "viewer.json" ? "viewer" : "dotnet"] += sums.failed - before;
}
// A run that broke off has no result for the test that broke it, and must not look like a good one.
for (const run of failedRuns.filter((name) => !runs[name])) count("failed", `${run}, as a whole`, "it ended with an error, see above");

for (const line of [...lines.skipped, ...lines.again, ...lines.failed]) console.log(line);
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exit(sums.failed > 0 || sums.passed === 0 ? 1 : 0);
