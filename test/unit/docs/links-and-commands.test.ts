import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../../cli/main.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "labs"))
    .map((name) => `labs/${name}/README.md`)
    .filter((name) => existsSync(join(root, name))),
];
const read = (page: string): string => readFileSync(join(root, page), "utf8");

/** `lab ...` commands of a page's code blocks, as typed, without their comments. */
function commandsOf(page: string): string[] {
  const blocks = [...read(page).matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) =>
    [...block.matchAll(/^(?:npx )?lab (.+?)(?:\s+#.*)?$/gm)].map((match) => match[1] ?? ""),
  );
}

describe.each(pages)("%s", (page) => {
  test("links to files that are there", () => {
    const targets = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? "")
      .filter((target) => !/^https?:/.test(target));
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test("shows verbs and options that the command has", async () => {
    for (const command of commandsOf(page)) {
      const [verb = "", ...rest] = command.split(/\s+/);
      // What comes after a node belongs to the command that runs there.
      const own = verb === "exec" ? rest.slice(0, 2) : rest;
      let help = "";
      const stream = { write: (text: string | Uint8Array) => ((help += String(text)), true) };
      expect(
        await run(
          ["import", "export", "images", "whatif"].includes(verb)
            ? [verb, ...rest.slice(0, 1), "--help"]
            : [verb, "--help"],
          {
            stdout: stream,
            stderr: stream,
          },
        ),
        command,
      ).toBe(0);
      for (const option of own.filter((word) => word.startsWith("-"))) expect(help, command).toContain(option);
    }
  });
});

test("the README shows a command for each verb that a newcomer needs", () => {
  const verbs = new Set(commandsOf("README.md").map((command) => command.split(" ")[0]));
  for (const verb of [
    "list",
    "up",
    "status",
    "check",
    "break",
    "hint",
    "solve",
    "exec",
    "shell",
    "logs",
    "capture",
    "graph",
    "reset",
    "down",
  ])
    expect(verbs).toContain(verb);
});

describe("docs/whatif.md", () => {
  const examples = [...read("docs/whatif.md").matchAll(/```sh\nnpx lab (whatif .+)\n```\n+```text\n([\s\S]*?)```/g)];

  test.each(examples.map(([, command = "", output = ""]) => [command, output] as const))(
    "shows what `lab %s` prints",
    async (command, output) => {
      let printed = "";
      const stream = { write: (text: string | Uint8Array) => ((printed += String(text)), true) };
      const words = command.split(" ").map((word) => (word.startsWith("docs/") ? join(root, word) : word));
      expect(await run(["--quiet", ...words], { stdout: stream, stderr: stream })).toBe(0);
      expect(printed.replaceAll(`${root}/`, "")).toBe(output);
    },
  );

  test("has examples", () => expect(examples.length).toBeGreaterThan(3));
});
