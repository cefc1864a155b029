import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { sidebar } from "./sidebar.mjs";

const site = fileURLToPath(new URL("..", import.meta.url));
const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const hocon = JSON.parse(readFileSync(new URL("hocon.json", import.meta.url), "utf8"));
const repository = "https://github.com/pekko-eventhubs/pekko-eventhubs";

/** The anchors that GitHub gives to headings, so that a link holds in both places. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

/** A link as it is written for GitHub leads to the page of the site, or to a file where the repository is. */
function addressInSite(href, page) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  // CHANGELOG.md, which the page includes, is a folder above it.
  const path = posix.join(page === "changelog.md" && !href.startsWith("../") ? "" : "docs", href);
  if (/^README\.md(#|$)/.test(path)) return path.replace("README.md", "/");
  const inSite = /^docs\/[^/]+\.md(#|$)/.test(path) || path.startsWith("docs/images/");
  return inSite ? path.replace("docs/", "./") : `${repository}/blob/main/${path}`;
}

function repositoryLinks(md) {
  const open = md.renderer.rules.link_open ?? ((tokens, i, options, env, self) => self.renderToken(tokens, i, options));
  md.renderer.rules.link_open = (tokens, i, options, env, self) => {
    tokens[i].attrSet("href", addressInSite(tokens[i].attrGet("href") ?? "", env.relativePath));
    return open(tokens, i, options, env, self);
  };
}

/** A block whose language nobody knows would silently stay without colours. */
const unknownLanguages = (md) => {
  const known = new Set(["", "java", "hocon", "xml", "yaml", "sh", "sql", "kotlin", "scala", "text", "json", "groovy"]);
  md.core.ruler.push("known-languages", (state) => {
    for (const token of state.tokens) {
      const language = token.type === "fence" ? token.info.trim() : "";
      if (!known.has(language)) {
        throw new Error(`${state.env.relativePath}: nothing highlights the language '${language}'`);
      }
    }
  });
};

export default defineConfig({
  title: "pekko-eventhubs",
  description: "Azure Event Hubs as sources and sinks of Apache Pekko Streams, in Java",
  lang: "en",
  srcDir: docs,
  outDir: `${site}/dist`,
  cacheDir: `${site}/node_modules/.cache`,
  rewrites: { "README.md": "index.md" },
  cleanUrls: true,
  lastUpdated: false,
  markdown: {
    anchor: { slugify },
    toc: { slugify },
    languages: [hocon],
    config: (md) => {
      repositoryLinks(md);
      unknownLanguages(md);
    },
  },
  vite: {
    // The pages are not below this folder, and need what is installed in it.
    resolve: {
      alias: [
        { find: /^vue$/, replacement: `${site}/node_modules/vue` },
        { find: /^vue\/server-renderer$/, replacement: `${site}/node_modules/vue/server-renderer` },
      ],
    },
    build: { chunkSizeWarningLimit: 2000 },
  },
  themeConfig: {
    sidebar: sidebar(docs),
    outline: [2, 3],
    search: { provider: "local" },
    nav: [
      { text: "Start", link: "/" },
      { text: "Changelog", link: "/changelog" },
    ],
    socialLinks: [{ icon: "github", link: repository }],
    footer: { message: "Apache-2.0" },
  },
});
