// The built site in a browser, as wide as a desk and as narrow as a phone: nothing is wider than the
// page, nothing complains, and the search finds what there is. With --pictures DIR it takes pictures.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const dist = fileURLToPath(new URL("dist", import.meta.url));
const pictures = process.argv[2] === "--pictures" ? process.argv[3] : undefined;
const widths = { desktop: 1280, phone: 390 };
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json", ".png": "image/png" };

/** As a host of static pages does: /guarantee is guarantee.html. */
function serve() {
  const server = createServer((request, response) => {
    const path = join(dist, decodeURIComponent(new URL(request.url, "http://site").pathname));
    const file = [path, `${path}.html`, join(path, "index.html")].find((name) => existsSync(name) && statSync(name).isFile());
    response.writeHead(file ? 200 : 404, { "content-type": types[extname(file ?? "")] ?? "text/plain" });
    response.end(file ? readFileSync(file) : "");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function browserOfThisMachine() {
  for (const name of ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error("There is no Chromium on this machine");
}

async function checkPage(page, address, name, width, problems) {
  await page.goto(address, { waitUntil: "load" });
  await page.waitForSelector(".vp-doc h1");
  const size = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  if (size.content > size.window) {
    problems.push(`${name} at ${width} px: ${size.content} px of content`);
  }
}

async function checkSearch(page, address, problems) {
  await page.goto(address, { waitUntil: "load" });
  // The button answers as soon as the page's program runs.
  await page.waitForFunction(() => {
    document.querySelector(".DocSearch-Button")?.click();
    return document.querySelector(".VPLocalSearchBox input") !== null;
  });
  await page.type(".VPLocalSearchBox input", "checkpoint");
  await page.waitForSelector(".VPLocalSearchBox .result", { timeout: 10_000 });
  const results = await page.$$eval(".VPLocalSearchBox .result", (all) => all.length);
  if (results < 5) problems.push(`the search finds "checkpoint" ${results} times`);
}

const server = await serve();
const address = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({
  executablePath: browserOfThisMachine(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const problems = [];
try {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error}`));
  page.on("requestfailed", (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
  });
  const names = readdirSync(dist).filter((name) => name.endsWith(".html") && name !== "404.html");
  for (const [kind, width] of Object.entries(widths)) {
    await page.setViewport({ width, height: 900 });
    for (const name of names.map((file) => file.replace(".html", ""))) {
      await checkPage(page, `${address}/${name === "index" ? "" : name}`, name, width, problems);
      if (pictures) {
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: join(pictures, `${name}-${kind}.png`) });
      }
    }
    await checkSearch(page, `${address}/`, problems);
  }
  console.log(`${names.length} pages at ${Object.values(widths).join(" and ")} px: ${problems.length} problems`);
} finally {
  await browser.close();
  server.close();
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
