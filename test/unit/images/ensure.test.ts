import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { baseImage, type ImageDefinition } from "../../../images/definition.ts";
import { definitionHash, imageReference } from "../../../images/reference.ts";
import { renderDockerfile } from "../../../images/dockerfile.ts";
import { ensureImage, parseDpkgStatus, storedImages } from "../../../images/ensure.ts";
import { fakeEngine, type FakeEngine } from "./fake-engine.ts";

const definition: ImageDefinition = { name: "router", purpose: "tests", packages: ["bird2"], command: ["true"] };
const reference = imageReference(definition, ["base-files=12.4"]);

const ensure = (
  engine: FakeEngine,
  more: { fresh?: boolean; mmdebstrap?: string | undefined; say?: (line: string) => void } = {},
) =>
  ensureImage(definition, {
    docker: engine.docker,
    cache: engine.directory,
    say: () => {},
    mmdebstrap: undefined,
    ...more,
  });

/** A mmdebstrap that does this. */
function mmdebstrap(engine: FakeEngine, script: string): string {
  const file = join(engine.directory, "mmdebstrap");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("where a registry answers", () => {
  test("the image is built from its Dockerfile and named by its content; nothing else stays", async () => {
    const engine = await fakeEngine();
    const said: string[] = [];
    const image = await ensure(engine, { say: (line) => said.push(line) });
    expect(engine.built).toEqual([renderDockerfile(definition)]);
    expect(image).toMatchObject({ name: "router", reference, definition: definitionHash(definition) });
    expect(engine.names()).toEqual([baseImage, reference].sort());
    expect(said).toEqual([
      "image router: docker build",
      "image router: Step 1/3 : FROM debian",
      `image router: ${reference}`,
    ]);
  });

  test("it is found the next time, made once by several at once, and made anew where that is asked for", async () => {
    const engine = await fakeEngine();
    const all = await Promise.all([ensure(engine), ensure(engine), ensure(engine)]);
    expect(new Set(all.map((image) => image.reference))).toEqual(new Set([reference]));
    await ensure(engine);
    expect(engine.built.length).toBe(1);
    await ensure(engine, { fresh: true });
    expect(engine.cacheless).toEqual([false, true]);
    expect(engine.built.length).toBe(2);
  });

  test("a definition that changed gets an image of its own, beside the other", async () => {
    const engine = await fakeEngine();
    await ensure(engine);
    const changed = { ...definition, packages: ["bird2", "frr"] };
    await ensureImage(changed, { docker: engine.docker, cache: engine.directory, say: () => {} });
    expect((await storedImages(engine.docker, "router")).length).toBe(2);
    expect((await ensure(engine)).reference).toBe(reference);
  });
});

describe("a draft that a maker has left", () => {
  test("is never taken for the image, and goes once its maker has ended", async () => {
    const engine = await fakeEngine();
    const labels = { "labwright.definition": definitionHash(definition) };
    const [ended, runs] = ["labwright/router:draft-999999999", `labwright/router:draft-${process.ppid}`];
    for (const name of [ended, runs]) engine.add(name, labels);
    expect((await ensure(engine)).reference).toBe(reference);
    expect(engine.names()).not.toContain(ended);
    expect(engine.names()).toContain(runs);
  });
});

describe("where none does", () => {
  test("the image is made of Debian's packages, with the same command and label", async () => {
    const engine = await fakeEngine({ registry: "no such host" });
    const fake = mmdebstrap(engine, `echo 'I: installing remaining packages...' >&2; echo "tar of $*"`);
    const said: string[] = [];
    const image = await ensure(engine, { mmdebstrap: fake, say: (line) => said.push(line) });
    expect(image.reference).toBe(reference);
    expect(engine.imported[0]?.content).toMatch(/^tar of .*--include=bird2,usr-is-merged .* bookworm -\n$/);
    expect(engine.imported[0]?.changes).toEqual([
      'CMD ["true"]',
      `LABEL labwright.definition=${definitionHash(definition)}`,
    ]);
    expect(said).toContain("image router: installing remaining packages");
  });

  test("and no mmdebstrap is there, the error names both ways and what to do", async () => {
    const engine = await fakeEngine({ registry: "no such host" });
    await expect(ensure(engine)).rejects.toThrow(
      `The image router can't be made. Tried, in this order:
  - out of a Dockerfile on Debian's official image: the registry doesn't give debian:bookworm-slim: no such host
  - out of Debian's packages: mmdebstrap isn't installed: \`npm run setup -- --docker\` installs it`,
    );
  });

  test("a failed mmdebstrap is told in its own words, and leaves no image", async () => {
    const engine = await fakeEngine({ registry: "no such host" });
    const fake = mmdebstrap(engine, "echo part; echo 'E: Unable to locate package bird9' >&2; exit 1");
    await expect(ensure(engine, { mmdebstrap: fake })).rejects.toThrow("packages: Unable to locate package bird9");
    expect(engine.names()).toEqual([]);
  });
});

test("a failed docker build is told, and Debian's packages are tried", async () => {
  const engine = await fakeEngine({ build: "returned a non-zero code: 100" });
  await expect(ensure(engine)).rejects.toThrow(
    /`docker build` failed: returned a non-zero code: 100\n  - out of Debian's packages: mmdebstrap isn't installed/,
  );
});

test("dpkg's record tells the installed packages", () => {
  const text = `Package: bird2
Status: install ok installed
Version: 2.0.12-7

Package: gone
Status: deinstall ok config-files
Version: 1
`;
  expect(parseDpkgStatus(text)).toEqual(["bird2=2.0.12-7"]);
});
