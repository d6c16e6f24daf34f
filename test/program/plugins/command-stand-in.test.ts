/** The stand-in keeps the promises of the official plugin, and refuses what it doesn't cover. */
import * as command from "@pulumi/command";
import { describe, expect, test } from "vitest";
import { needs } from "../../requirements.ts";
import { makeStack } from "../../support/programs.ts";
import { commandContract } from "./contract/command.ts";

commandContract("stand-in", "pulumi");

describe("command, stand-in", needs("pulumi"), () => {
  test("what it doesn't cover is refused by name", async () => {
    const stack = await makeStack("stand-in");
    try {
      const properties = await stack.up(async () => {
        new command.local.Command("step", { create: "true", archivePaths: ["*"] });
        return {};
      });
      expect(properties.output).toMatch(/step[\s\S]*archivePaths/);
      const remote = await stack.up(async () => {
        new command.remote.Command("far", { connection: { host: "192.0.2.1" }, create: "true" });
        return {};
      });
      expect(remote.output).toContain("has no command:remote:Command; it has command:local:Command");
    } finally {
      await stack.remove();
    }
  });
});
