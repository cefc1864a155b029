// Every link between pages, and every anchor, leads somewhere: in the built site, and in the Markdown
// as GitHub shows it.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "site/dist");
const repository = "https://github.com/pekko-eventhubs/pekko-eventhubs/blob/main/";
const found = [];

function htmlFiles() {
  return readdirSync(dist).filter((name) => name.endsWith(".html") && name !== "404.html");
}

function ids(html) {
  return new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]));
}

function checkSite() {
  const pages = new Map(htmlFiles().map((name) => [name, readFileSync(join(dist, name), "utf8")]));
  let links = 0;
  for (const [name, html] of pages) {
    for (const [, raw] of html.matchAll(/<a\s[^>]*href="([^"]+)"/g)) {
      const href = decodeURI(raw.replaceAll("&amp;", "&"));
      links++;
      if (href.startsWith(repository)) {
        if (!existsSync(join(root, href.slice(repository.length).split("#")[0]))) {
          found.push(`${name}: no such file in the repository: ${href}`);
        }
      } else if (!/^[a-z]+:/.test(href)) {
        const [path, anchor] = href.split("#");
        const file = path === "" ? name : `${path.replace(/^\.?\//, "") || "index"}.html`;
        if (!pages.has(file)) {
          found.push(`${name}: no such page: ${href}`);
        } else if (anchor && !ids(pages.get(file)).has(anchor)) {
          found.push(`${name}: no such anchor: ${href}`);
        }
      }
    }
  }
  return links;
}

/** Headings as GitHub makes anchors of them; a heading that comes twice gets a number. */
function anchors(markdown) {
  const seen = new Map();
  const all = new Set([...markdown.matchAll(/<a id="([^"]+)"/g)].map((match) => match[1]));
  for (const [, heading] of withoutBlocks(markdown).matchAll(/^#{1,6} +(.*)$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    all.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return all;
}

function withoutBlocks(markdown) {
  return markdown.replace(/^ *```[^\n]*\n[\s\S]*?^ *```$/gm, "");
}

function checkMarkdown() {
  const files = [root, join(root, "docs"), join(root, "samples")].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  );
  let links = 0;
  for (const file of files) {
    const text = withoutBlocks(readFileSync(file, "utf8")).replace(/`[^`\n]*`(?!\])/g, "");
    for (const [, href] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(href)) continue;
      links++;
      const [path, anchor] = href.split("#");
      const target = path === "" ? file : normalize(join(dirname(file), path));
      if (!existsSync(target)) {
        found.push(`${relative(root, file)}: no such file: ${href}`);
      } else if (anchor && statSync(target).isFile() && !anchors(readFileSync(target, "utf8")).has(anchor)) {
        found.push(`${relative(root, file)}: no such anchor: ${href}`);
      }
    }
  }
  return links;
}

const inSite = checkSite();
const inMarkdown = checkMarkdown();
if (found.length > 0 || inSite < 500 || inMarkdown < 80) {
  console.error(found.join("\n"));
  console.error(`${found.length} broken of ${inSite} links of the site and ${inMarkdown} of the Markdown`);
  process.exit(1);
}
console.log(`${inSite} links of the site and ${inMarkdown} of the Markdown lead to a page, a file or an anchor`);
