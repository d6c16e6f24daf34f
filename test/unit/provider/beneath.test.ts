import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inFolder, replaceFile } from "../../../provider/sandbox/beneath.ts";

describe("a file beneath a folder that others write to", () => {
  let all: string;
  let base: string;
  let outside: string;
  beforeEach(() => {
    all = mkdtempSync(join(tmpdir(), "beneath-"));
    base = join(all, "node");
    outside = join(all, "outside");
    for (const folder of [base, outside]) mkdirSync(folder);
    writeFileSync(join(outside, "file"), "as it was");
  });
  afterEach(() => rmSync(all, { recursive: true }));

  test("is written with the folders above it, for its owner alone", async () => {
    await replaceFile(base, "frr/more/bgpd.conf", "text");
    expect(readFileSync(join(base, "frr/more/bgpd.conf"), "utf8")).toBe("text");
    expect(statSync(join(base, "frr/more/bgpd.conf")).mode & 0o777).toBe(0o600);
    expect(statSync(join(base, "frr")).mode & 0o777).toBe(0o700);
    await replaceFile(base, "frr/more/bgpd.conf", "another");
    expect(readFileSync(join(base, "frr/more/bgpd.conf"), "utf8")).toBe("another");
  });

  test.each(["bird.conf", "bird.conf.new"])("doesn't follow a link in place of %s", async (link) => {
    symlinkSync(join(outside, "file"), join(base, link));
    await replaceFile(base, "bird.conf", "text");
    expect(readFileSync(join(base, "bird.conf"), "utf8")).toBe("text");
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("as it was");
  });

  test.each(["frr", "frr/more"])("takes a folder's place where the folder %s is a link", async (link) => {
    if (link !== "frr") mkdirSync(join(base, "frr"));
    symlinkSync(outside, join(base, link));
    await replaceFile(base, "frr/more/file", "text");
    expect(readFileSync(join(base, "frr/more/file"), "utf8")).toBe("text");
    expect(readdirSync(outside)).toEqual(["file"]);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("as it was");
  });

  test("isn't looked for in a folder that isn't there, or that is a link", async () => {
    await expect(inFolder(base, "orders", false, async () => true)).rejects.toThrow("ENOENT");
    symlinkSync(outside, join(base, "orders"));
    await expect(inFolder(base, "orders", false, async () => true)).rejects.toThrow(/ELOOP|ENOTDIR/);
  });
});
