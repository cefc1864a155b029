// SPDX-License-Identifier: Apache-2.0
// Opens the page in a browser and prints, as lines of JSON, what it shows: once as it is, and once
// more when the partition given has one event more. Arguments: the browser's program, the page's
// address, an event hub, a consumer group, a partition, and optionally a file for a screenshot.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, address, eventHub, group, partition, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(address);
  const row = page.locator(`section[data-event-hub="${eventHub}"] tr[data-group="${group}"][data-partition="${partition}"]`);
  await row.waitFor();
  const show = async () =>
    console.log(
      JSON.stringify({
        title: await page.title(),
        state: await page.locator("#state").textContent(),
        row: await row.locator("td").allTextContents(),
        connections: await page.locator("#connections td").allTextContents(),
        problems,
      }),
    );
  // Before the first line is out: whoever reads that sends an event.
  const before = await row.locator("td").nth(1).textContent();
  await show();
  // Whoever started this says so when the event is sent.
  await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));
  await page.waitForFunction(
    ([hub, consumers, id, old]) =>
      document.querySelector(`section[data-event-hub="${hub}"] tr[data-group="${consumers}"][data-partition="${id}"]`)
        .cells[1].textContent !== old,
    [eventHub, group, partition, before],
  );
  await show();
  if (screenshot) {
    await page.screenshot({ path: screenshot, fullPage: true });
  }
} finally {
  await browser.close();
}
process.exit(0);
