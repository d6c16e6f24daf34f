import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pulumiEnvironment } from "../../../toolchain/environment.ts";
import { clonePaths } from "../../../toolchain/passphrase.ts";
import { machine, type Machine } from "./machine.ts";

function clone(origin = "built"): Machine & { readonly command: string } {
  const made = machine();
  const command = made.script("pulumi", "echo v3.259.0");
  const { size, mtimeMs } = statSync(command);
  made.file(
    ".labwright/tools.json",
    JSON.stringify({ pulumi: { command, version: "3.259.0", origin, size, mtimeMs } }),
  );
  return { ...made, command };
}

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

test("a clone gets a passphrase and a place for state that nobody else can read, once", async () => {
  const { directory } = machine();
  const paths = clonePaths(directory);
  const passphrase = readFileSync(paths.passphrase, "utf8");
  expect(passphrase.trim()).toMatch(/^[\w-]{32}$/);
  expect([mode(paths.passphrase), mode(paths.state), mode(join(directory, ".labwright"))]).toEqual([
    "600",
    "700",
    "700",
  ]);
  expect(readFileSync(clonePaths(directory).passphrase, "utf8")).toBe(passphrase);
  expect(readFileSync(clonePaths(machine().directory).passphrase, "utf8")).not.toBe(passphrase);
});

test("Pulumi runs on the clone's own state with the clone's passphrase", async () => {
  const { directory, command } = clone();
  const found = await pulumiEnvironment(directory, { HOME: "/home/me" });
  expect(found.command).toBe(command);
  expect(found.env).toMatchObject({
    PULUMI_BACKEND_URL: `file://${directory}/.labwright/state`,
    PULUMI_CONFIG_PASSPHRASE_FILE: `${directory}/.labwright/passphrase`,
    PULUMI_HOME: "/home/me/.cache/labwright/pulumi-home",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
  });
});

test.each([
  ["PULUMI_CONFIG_PASSPHRASE", { PULUMI_CONFIG_PASSPHRASE: "mine" }, "PULUMI_CONFIG_PASSPHRASE_FILE"],
  ["an empty PULUMI_CONFIG_PASSPHRASE", { PULUMI_CONFIG_PASSPHRASE: "" }, "PULUMI_CONFIG_PASSPHRASE_FILE"],
  ["PULUMI_CONFIG_PASSPHRASE_FILE", { PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" }, "PULUMI_CONFIG_PASSPHRASE_FILE"],
  ["PULUMI_BACKEND_URL", { PULUMI_BACKEND_URL: "s3://mine" }, "PULUMI_BACKEND_URL"],
  ["PULUMI_HOME", { PULUMI_HOME: "/mine" }, "PULUMI_HOME"],
])("what the user has set stays: %s", async (_name, env, untouched) => {
  expect((await pulumiEnvironment(clone().directory, env)).env).not.toHaveProperty(untouched);
});

test("the user's own CLI keeps the user's PULUMI_HOME, with its plugins", async () => {
  expect((await pulumiEnvironment(clone("official").directory, {})).env).not.toHaveProperty("PULUMI_HOME");
});

test("a clone without set-up says what to do", async () => {
  await expect(pulumiEnvironment(machine().directory)).rejects.toThrow("run `npm run setup`");
});

test("it starts nothing and takes under 30 ms", async () => {
  const { directory } = clone();
  await pulumiEnvironment(directory);
  const began = performance.now();
  await pulumiEnvironment(directory);
  expect(performance.now() - began).toBeLessThan(30);
});
