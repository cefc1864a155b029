import { existsSync, readdirSync } from "node:fs";

/** The tree of the site: title and file below docs/, or an address. */
const tree = [
  [
    "Start",
    [
      ["What it is", "README"],
      ["Quickstart", "quickstart"],
      ["Your first service", "first-service"],
      ["Coordinates and versions", "coordinates"],
      ["Samples", "samples"],
      ["Akka", "akka"],
    ],
  ],
  [
    "Consume",
    [
      ["Choose your source", "choose-your-source"],
      ["Ways to lose at-least-once", "at-least-once"],
      ["Parallel work", "parallelism"],
      ["Restarts, errors, dead letters", "failures"],
      ["Asking sharded entities", "sharded-entities"],
      ["Payloads", "payloads"],
      ["Exactly once by Projection", "projection"],
    ],
  ],
  ["Produce", [["Producing", "producing"]]],
  [
    "Own",
    [
      ["Clusters and processes", "clusters"],
      ["A hand-over in time", "hand-over"],
      ["Reset and replay", "reset-and-replay"],
    ],
  ],
  [
    "Operate",
    [
      ["Running in production", "production"],
      ["Troubleshooting", "troubleshooting"],
      ["Metrics, health, alerts", "operations"],
      ["Tracing", "tracing"],
      ["Credentials and networks", "connecting"],
      ["Kubernetes", "kubernetes"],
      ["What it costs", "costs"],
      ["The command line", "cli"],
    ],
  ],
  [
    "Test",
    [
      ["Testing your streams", "testing"],
      ["How faithful the testkit is", "testkit-fidelity"],
    ],
  ],
  ["Migrate", [["From another consumer, and back", "migrating"]]],
  [
    "Why",
    [
      ["The guarantee", "guarantee"],
      ["The simulator", "simulator"],
      ["Comparison", "comparison"],
      ["Performance", "performance"],
      ["Where the time goes", "where-the-time-goes"],
      ["Measured", "measured"],
      ["How it works", "how-it-works"],
    ],
  ],
  [
    "Reference",
    [
      ["Settings", "settings"],
      ["Javadoc", "javadoc"],
      ["What leaves a process", "formats"],
      ["Versions and stability", "versioning"],
      ["Changelog", "changelog"],
    ],
  ],
];

/** The tree without the pages that are not written; a page that is not in the tree fails the build. */
export function sidebar(docs) {
  const placed = new Set(tree.flatMap(([, pages]) => pages.map(([, page]) => page)));
  for (const file of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
    if (!placed.has(file.replace(".md", ""))) {
      throw new Error(`docs/${file} has no place in site/.vitepress/sidebar.mjs`);
    }
  }
  return tree
    .map(([text, pages]) => ({
      text,
      items: pages
        .filter(([, page]) => existsSync(`${docs}/${page}.md`))
        .map(([title, page]) => ({ text: title, link: page === "README" ? "/" : `/${page}` })),
    }))
    .filter((group) => group.items.length > 0);
}
