// SPDX-License-Identifier: Apache-2.0
// Opens the page of event hubs in a browser and prints, as lines of JSON, what it shows: while it
// waits for its first answer, as it is, with the events of a partition, on a phone, and once more
// when that partition has one event more. Arguments: the browser's program, the page's address, an
// event hub, a consumer group, a partition, and optionally a folder for pictures.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, address, eventHub, group, partition, pictures] = process.argv.slice(2);
const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: DESKTOP });
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  const picture = (name, options = {}) => (pictures ? page.screenshot({ path: `${pictures}/${name}.png`, ...options }) : undefined);
  // What the point before the state says by its colour.
  const state = () =>
    page.evaluate(() => {
      const shown = document.getElementById("state");
      const sample = document.body.appendChild(document.createElement("i"));
      sample.style.color = "var(--done)";
      const green = getComputedStyle(sample).color;
      sample.remove();
      return { text: shown.textContent, green: getComputedStyle(shown, "::before").color === green };
    });

  // The first answer is held back until the page has been looked at.
  let letGo;
  const looked = new Promise((resolve) => (letGo = resolve));
  await page.route("**/status.json", async (route) => {
    await looked;
    await route.continue();
  });
  await page.goto(address);
  console.log(JSON.stringify({ connecting: await state() }));
  letGo();

  const row = page.locator(`section[data-event-hub="${eventHub}"] tr[data-group="${group}"][data-partition="${partition}"]`);
  await row.waitFor();
  await page.unroute("**/status.json");
  // Of a row, what a user sees: all of it has to be within the screen.
  const visibleCells = () =>
    row.evaluate((line) =>
      Object.fromEntries(
        [...line.closest("table").querySelectorAll("tr:nth-child(2) th")].map((head, at) => {
          const box = line.cells[at].getBoundingClientRect();
          return [head.textContent, box.width > 0 && box.right <= window.innerWidth];
        }),
      ),
    );
  const show = async () =>
    console.log(
      JSON.stringify({
        title: await page.title(),
        state: await state(),
        row: await row.locator("td").allTextContents(),
        visible: await visibleCells(),
        connections: await page.locator("#connections td").allTextContents(),
        problems,
      }),
    );
  // Before the first line is out: whoever reads that sends an event.
  const before = await row.locator("td").nth(1).textContent();
  await show();
  await picture("desktop", { fullPage: true });
  await page.setViewportSize(PHONE);
  console.log(JSON.stringify({ phone: await visibleCells(), overflow: await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth) }));
  await picture("phone", { fullPage: true });

  const events = async (name) => {
    await row.locator("button").click();
    await page.locator("#events article").first().waitFor();
    await picture(name);
    const shown = {
      title: await page.locator("#events-title").textContent(),
      heads: await page.locator("#events article p:first-child").allTextContents(),
      bodies: await page.locator("#events article pre").allTextContents(),
      older: await page.locator("#older").isEnabled(),
      newer: await page.locator("#newer").isEnabled(),
    };
    await page.locator("#close").click();
    return shown;
  };
  await events("phone-events");
  await page.setViewportSize(DESKTOP);
  console.log(JSON.stringify({ events: await events("desktop-events") }));

  // Whoever started this says so when the event is sent.
  await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));
  await page.waitForFunction(
    ([hub, consumers, id, old]) =>
      document.querySelector(`section[data-event-hub="${hub}"] tr[data-group="${consumers}"][data-partition="${id}"]`)
        .cells[1].textContent !== old,
    [eventHub, group, partition, before],
  );
  await show();

  await page.route("**/status.json", (route) => route.fulfill({ status: 503, contentType: "application/json", body: '{"problem":"the store is away"}' }));
  await page.locator("#state.lost").waitFor();
  console.log(JSON.stringify({ lost: await state() }));
} finally {
  await browser.close();
}
process.exit(0);
